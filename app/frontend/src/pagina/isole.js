// Loads an island only where a page has its place, and never where the outline stands instead.
const wide = matchMedia('(min-width: 40.01rem)');

async function viewer() {
  const places = document.querySelectorAll('[data-visore]');
  if (!places.length || !wide.matches) return;
  const { show } = await import('../visore.js');
  for (const place of places) show(place);
}

viewer();
