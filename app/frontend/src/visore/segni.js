// The states on the viewer's shapes: the classes of the server's picture, and its badges.
const SVG = 'http://www.w3.org/2000/svg';

function part(tag, css, attributes) {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute('class', css);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function badge(element, state) {
  const isTask = element.width > 50;
  const x = isTask ? element.width - 4 : element.width / 2 + 13;
  const y = isTask ? 3 : element.height / 2 - 13;
  if (state === 'ora') return [part('circle', 'd-gettone', { cx: x, cy: y, r: 11 })];
  return [part('circle', 'd-fatto-c', { cx: x, cy: y, r: 9 }), part('path', 'd-fatto-v', { d: `M${x - 4} ${y}l3 3 5-6` })];
}

/** A flow is travelled when it is marked, or, where none is, when it joins two reached steps. */
function travelled(element, states, flowsMarked) {
  if (flowsMarked) return states[element.id] === 'fatto';
  return states[element.source?.id] === 'fatto' && ['fatto', 'ora'].includes(states[element.target?.id]);
}

export function markStates(viewer, states) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const flows = registry.filter((element) => element.waypoints);
  const flowsMarked = flows.some((flow) => states[flow.id]);
  for (const flow of flows) if (travelled(flow, states, flowsMarked)) canvas.addMarker(flow.id, 'is-fatto');
  for (const element of registry.filter((one) => !one.waypoints && !one.labelTarget && one.type !== 'bpmn:Process')) {
    const state = states[element.id] ?? 'poi';
    if (/Participant|Lane$/.test(element.type)) continue;
    canvas.addMarker(element.id, `is-${state}`);
    const unnamedJoin = /Gateway$/.test(element.type) && !element.businessObject.name;
    if (state === 'ora' || (state === 'fatto' && !unnamedJoin)) registry.getGraphics(element.id).append(...badge(element, state));
  }
}
