// Loads an island only where a page has its place, when the place comes into sight, and never on narrow
// pages, where the outline stands instead.
const wide = matchMedia('(min-width: 40.01rem)');

function whenSeen(place, act) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    act();
  });
  seen.observe(place);
}

if (wide.matches) {
  for (const place of document.querySelectorAll('[data-visore]')) {
    whenSeen(place, async () => (await import('../visore.js')).show(place));
  }
}
