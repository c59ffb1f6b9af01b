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

const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/** Arrows move, + and − zoom, 0 shows everything: only while the diagram itself has the focus. */
export function addKeys(viewer, surface) {
  const actions = {
    '+': () => viewer.get('zoomScroll').stepZoom(1),
    '-': () => viewer.get('zoomScroll').stepZoom(-1),
    0: () => viewer.get('canvas').zoom('fit-viewport', 'auto'),
  };
  surface.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    if (direction) viewer.get('keyboardMove').moveCanvas({ direction, speed: 80 });
    else if (actions[event.key]) actions[event.key]();
    else return;
    event.preventDefault();
  });
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
