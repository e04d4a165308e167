// The viewer: takes payloads, keeps what is chosen, and paints once per frame what has changed. Must not know Gradio:
// the world outside is `actions` only, pick(selection) and readHead(question) → Promise of a packed head or {error}.

const LIGHT = 1, HEAD = 2, ALL = 3; // what has to be painted: another row lit, another head, everything
const NARROW = 640, MIDDLE = 860; // pixels of width below which the form changes

function createViewer(root, actions) {
  const viewer = {
    root, actions, picture: null, palette: null, choice: null, wanted: null, preview: -1, cell: null,
    mode: null, ticket: 0, dirty: 0, frame: 0, painted: 0, width: 0, pickTimer: 0, readTimer: 0,
    error: '', failure: '', place: '', said: '', aloud: false,
  };
  root.replaceChildren();
  root.classList.add('is-empty');
  viewer.state = createStateLine(root);
  viewer.skeleton = createSkeleton(root);
  viewer.content = make('div', 'content', root);
  viewer.sentence = createSentence(viewer.content, chipActions(viewer));
  const body = make('div', 'body', viewer.content);
  viewer.atlas = createAtlas(body, {
    open: (layer, head) => openHead(viewer, layer, head),
    wanted: () => viewer.wanted,
    redraw: () => schedule(viewer, ALL),
  });
  viewer.panel = createHead(body, stageActions(viewer));
  viewer.legend = createLegend(viewer.panel.box);
  viewer.spoken = createSpoken(viewer.content);
  const stop = watchSurroundings(viewer);
  return { show: (payload) => showPayload(viewer, payload), destroy: stop };
}

function chipActions(viewer) {
  return { preview: (row) => previewRow(viewer, row, null), lock: (row) => lockRow(viewer, row) };
}

function stageActions(viewer) {
  return {
    draw: (mode) => {
      viewer.mode = mode;
      schedule(viewer, ALL);
    },
    point: ({ row, col }) => previewRow(viewer, row, row < 0 && col < 0 ? null : { row, col }),
    lock: (row) => lockRow(viewer, row),
    scrolled: () => schedule(viewer, HEAD),
  };
}

// Width, theme: painting waits while the viewer is hidden and happens when it is shown.
function watchSurroundings(viewer) {
  const { root } = viewer;
  const dress = () => root.classList.toggle('is-dark', pageIsDark());
  const stopTheme = watchTheme(() => {
    if (!root.isConnected) return stop();
    dress();
    viewer.palette = null;
    return schedule(viewer, ALL);
  });
  const observer = new ResizeObserver(() => {
    if (root.clientWidth && (root.clientWidth !== viewer.width || viewer.dirty)) schedule(viewer, ALL);
  });
  const fonts = () => {
    fittedTexts.clear(); // words were measured in another type until now
    viewer.panel.widest = null;
    schedule(viewer, ALL);
  };
  document.fonts.addEventListener('loadingdone', fonts);
  dress();
  observer.observe(root);
  const stop = () => {
    stopTheme();
    document.fonts.removeEventListener('loadingdone', fonts);
    observer.disconnect();
    cancelAnimationFrame(viewer.frame);
  };
  return stop;
}

// A payload, null, {state: 'waiting', message} or {state: 'error', message}. Only the newest call ever takes effect.
async function showPayload(viewer, payload) {
  const ticket = ++viewer.ticket;
  if (!payload || payload.state) {
    sayPayloadState(viewer, payload || {});
    return;
  }
  try {
    const known = viewer.picture && viewer.picture.id === payload.id;
    const picture = known ? viewer.picture : await decodePayload(payload);
    if (viewer.ticket === ticket) await takePicture(viewer, picture, Boolean(payload.force_selection), ticket);
  } catch (error) {
    if (viewer.ticket !== ticket) return;
    console.error('viewer:', error);
    const message = 'The picture came damaged and could not be drawn; please try again.';
    sayPayloadState(viewer, { state: 'error', message });
  }
}

// The old picture stays until the head that shall be open is there in full; a row may be chosen meanwhile.
async function takePicture(viewer, picture, insists, ticket) {
  const open = () => chooseIn(picture, viewer.choice && { ...viewer.choice, ...viewer.wanted }, insists);
  const first = open();
  const failed = await readIfNeeded(viewer, picture, first);
  if (viewer.ticket !== ticket) return;
  const choice = open();
  const shown = [choice, first, picture.asked].find(({ layer, head }) => headOf(picture, layer, head));
  if (!shown) throw new Error('the opened head is missing');
  viewer.wanted = { layer: shown.layer, head: shown.head };
  viewer.choice = { ...choice, ...viewer.wanted };
  viewer.failure = failed || '';
  if (viewer.picture !== picture) Object.assign(viewer, { picture, preview: -1, cell: null });
  sayPayloadState(viewer, null);
  schedule(viewer, ALL);
}

function readIfNeeded(viewer, picture, { layer, head }) {
  return headOf(picture, layer, head) ? null : fetchHead(picture, layer, head, viewer.actions.readHead);
}

// What the newest payload says instead of a picture; null: it brought one.
function sayPayloadState(viewer, said) {
  const message = (said && said.message) || '', failed = said && said.state === 'error';
  viewer.error = failed ? message : '';
  const waiting = said && !failed ? message : '';
  setText(viewer.skeleton.message, viewer.picture ? '' : waiting);
  sayState(viewer.state, viewer.error || viewer.failure, viewer.picture ? waiting : '');
}

// The outline moves at once; the picture follows when the head is there. Keys held down ask only for the last head.
function openHead(viewer, layer, head) {
  const { picture } = viewer;
  if (!picture) return;
  viewer.wanted = { layer, head };
  viewer.aloud = true;
  clearTimeout(viewer.readTimer);
  if (headOf(picture, layer, head)) settleHead(viewer, picture, layer, head, null);
  else viewer.readTimer = setTimeout(() => readWanted(viewer, picture, layer, head), 80);
  schedule(viewer, HEAD);
}

async function readWanted(viewer, picture, layer, head) {
  const failed = await fetchHead(picture, layer, head, viewer.actions.readHead);
  const still = viewer.picture === picture && viewer.wanted.layer === layer && viewer.wanted.head === head;
  if (still) settleHead(viewer, picture, layer, head, failed);
}

function settleHead(viewer, picture, layer, head, failed) {
  viewer.failure = failed || '';
  sayState(viewer.state, viewer.error || viewer.failure, '');
  if (failed) viewer.wanted = { layer: viewer.choice.layer, head: viewer.choice.head };
  else viewer.choice = { ...viewer.choice, layer, head };
  schedule(viewer, HEAD);
  if (!failed) pickSoon(viewer);
}

function previewRow(viewer, row, cell) {
  const before = viewer.cell || { row: -1, col: -1 }, after = cell || { row: -1, col: -1 };
  if (viewer.preview === row && before.row === after.row && before.col === after.col) return;
  viewer.preview = row;
  viewer.cell = cell;
  schedule(viewer, LIGHT);
}

function lockRow(viewer, row) {
  const { picture } = viewer;
  if (!picture || row >= picture.rows.length) return;
  viewer.choice = toggleLock(picture, viewer.choice, row);
  viewer.preview = -1;
  viewer.aloud = true;
  schedule(viewer, LIGHT);
  pickSoon(viewer);
}

// Tells the world what is chosen, once it has been still for a moment.
function pickSoon(viewer) {
  clearTimeout(viewer.pickTimer);
  viewer.pickTimer = setTimeout(() => {
    const { picture, choice: { layer, head } } = viewer, row = chosenRow(picture, viewer.choice);
    viewer.actions.pick({ kind: picture.kind, layer, head, word: picture.rows[row].word, row });
  }, 120);
}
