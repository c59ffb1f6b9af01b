// The interactive viewer of a diagram: takes the place of the server's picture, with the same states.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import { markStates } from './visore/segni.js';
import { addCommands, addKeys } from './visore/comandi.js';

const READABLE = 0.7; // below this scale names cannot be read: we start from where the instance is

const INK = '#17324d';
const LOOK = {
  zoomScroll: { enabled: false },
  bpmnRenderer: { defaultFillColor: '#fff', defaultStrokeColor: INK, defaultLabelColor: INK },
  textRenderer: {
    defaultStyle: { fontFamily: '"Titillium Web", sans-serif', fontSize: 13, lineHeight: 1.15 },
    externalStyle: { fontSize: 12 },
  },
};

/** Shows the diagram of `data-visore` (an address) in `place`, with the states of `data-segni`. On any
 *  failure the server's picture stays. */
export async function show(place) {
  const picture = place.querySelector('svg');
  const reply = await fetch(place.dataset.visore, { headers: { Accept: 'application/xml' } }).catch(() => null);
  if (!reply?.ok) return;
  const canvasPlace = document.createElement('div');
  canvasPlace.className = 'pr-visore';
  const viewer = new NavigatedViewer({ container: canvasPlace, ...LOOK });
  place.append(canvasPlace);
  try {
    await viewer.importXML(await reply.text());
  } catch {
    canvasPlace.remove();
    return;
  }
  name(canvasPlace.querySelector('svg'), picture);
  picture?.remove();
  place.classList.add('pr-dia--viva');
  place.removeAttribute('tabindex'); // the canvas itself takes the focus
  const states = JSON.parse(place.dataset.segni || '{}');
  markStates(viewer, states);
  open(viewer, states);
  addKeys(viewer, canvasPlace.querySelector('svg'));
  addCommands(viewer, place, () => open(viewer, states));
  wheelOnlyWhenInside(viewer, place);
}

/** The picture's name and description go with it. */
function name(canvas, picture) {
  canvas.setAttribute('role', 'img');
  const said = [...(picture?.querySelectorAll('title, desc') ?? [])].slice(0, 2).map((part) => part.textContent).join('. ');
  canvas.setAttribute('aria-label', `${said || 'Diagramma'} Frecce per spostarsi, più e meno per ingrandire.`);
}

function open(viewer, states) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const here = Object.keys(states).find((id) => states[id] === 'ora' && viewer.get('elementRegistry').get(id));
  if (canvas.zoom() >= READABLE) return;
  canvas.zoom(1);
  const element = viewer.get('elementRegistry').get(here);
  if (element) canvas.scrollToElement(element, { top: 160, bottom: 160, left: 320, right: 320 });
  else canvas.viewbox({ ...canvas.viewbox(), x: canvas.viewbox().inner.x - 12, y: canvas.viewbox().inner.y - 12 });
}

/** The wheel scrolls the page until the diagram has the focus. */
function wheelOnlyWhenInside(viewer, place) {
  const wheel = viewer.get('zoomScroll');
  const set = () => wheel.toggle(place.contains(document.activeElement));
  viewer.get('eventBus').on('canvas.mouseover', 500, set); // after the viewer's own, which obeys `enabled`
  place.addEventListener('focusin', set);
  place.addEventListener('focusout', () => wheel.toggle(false));
}
