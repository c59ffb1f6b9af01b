// Buttons over the diagram, for the mouse and for the keyboard alike.
function button(text, label, press) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'btn btn-outline-primary';
  made.textContent = text;
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', press);
  return made;
}

export function addCommands(viewer, place, home) {
  const canvas = viewer.get('canvas');
  const wheel = viewer.get('zoomScroll');
  const bar = document.createElement('div');
  bar.className = 'pr-visore__comandi';
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', 'Ingrandimento');
  bar.append(
    button('+', 'Ingrandisci', () => wheel.stepZoom(1)),
    button('−', 'Riduci', () => wheel.stepZoom(-1)),
    button('Tutto', '', () => canvas.zoom('fit-viewport', 'auto')),
    button('Dove siamo', '', home),
  );
  place.prepend(bar);
}
