// The viewer: takes payloads, keeps what is chosen, and has it painted once per frame. Must not know Gradio: the world
// outside is `actions` only, pick(selection), hide(blanks), put(word, text) and readHead(question) → Promise of a
// packed head or {error}.

const LIGHT = 1, HEAD = 2, ALL = 3; // what has to be painted: another row lit, another head, everything
const NARROW = 640, MIDDLE = 860; // pixels of width below which the form changes

function createViewer(root, actions) {
  const viewer = {
    root, actions, picture: null, face: null, palette: null, choice: null, wanted: null,
    preview: -1, cell: null,
    form: PLAIN_FORM, scale: 'soft', sort: 'layer', filter: '', part: '',
    mode: null, touched: false, ticket: 0, dirty: 0, frame: 0, painted: 0, width: 0, pickTimer: 0, readTimer: 0,
    openedAt: -1e9, error: '', failure: '', place: '', said: '', aloud: false,
  };
  root.replaceChildren();
  root.classList.add('is-empty');
  viewer.state = createStateLine(root);
  viewer.skeleton = createSkeleton(root);
  const content = viewer.content = make('div', 'content', root);
  viewer.lookFor = createLookFor(content, { look: (place) => lookAtHead(viewer, place) });
  viewer.sentence = createSentence(content, chipActions(viewer));
  viewer.guesses = createGuesses(content, { put: (word, text) => actions.put(word, text) });
  viewer.nextWord = createNextWord(content);
  const body = make('div', 'body', content);
  viewer.atlas = createAtlas(body, atlasActions(viewer));
  viewer.panel = createHead(body, stageActions(viewer));
  viewer.options = createOptions(viewer.panel.box, { set: (name, value) => setOption(viewer, name, value) });
  viewer.spoken = createSpoken(content);
  root.addEventListener('keydown', (event) => hideByKey(viewer, event));
  const stop = watchSurroundings(viewer);
  return { show: (payload) => showPayload(viewer, payload), destroy: stop };
}

function chipActions(viewer) {
  return {
    preview: (row) => previewRow(viewer, row, null),
    lock: (row) => lockRow(viewer, row),
    hide: () => viewer.face && hideWord(viewer, chosenRow(viewer.face, viewer.choice)),
  };
}

function atlasActions(viewer) {
  return {
    open: (layer, head) => openHead(viewer, layer, head),
    wanted: () => viewer.wanted,
    redraw: () => schedule(viewer, ALL),
    sort: (order) => setOption(viewer, 'sort', order),
    filter: (name) => filterHeads(viewer, name),
  };
}

function stageActions(viewer) {
  return {
    draw: (mode) => {
      viewer.mode = mode;
      viewer.touched = true;
      schedule(viewer, ALL);
    },
    point: ({ row, col }) => previewRow(viewer, row, row < 0 && col < 0 ? null : { row, col }),
    lock: (row) => lockRow(viewer, row),
    scrolled: () => schedule(viewer, HEAD),
    part: (name) => setOption(viewer, 'part', name === 'all' ? '' : name),
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
async function takePicture(viewer, picture, forced, ticket) {
  const insists = forced || asksAnew(viewer, picture), jumps = !insists && bringsNews(viewer, picture);
  const asked = picture.asked; // as the server has it, which need not know of a jump
  if (jumps) picture.opens = { ...asked, ...picture.lookAt };
  const chosen = () => viewer.choice && { ...viewer.choice, ...viewer.wanted };
  const open = () => chooseIn(faceOf(picture, viewer.form), chosen(), insists || jumps);
  const first = open();
  const failed = await readIfNeeded(viewer, picture, first);
  if (viewer.ticket !== ticket) return;
  const choice = open();
  const shown = [choice, first, asked].find(({ layer, head }) => bytesOf(picture, layer, head));
  if (!shown) throw new Error('the opened head is missing');
  if (!viewer.picture || insists) viewer.mode = asked.view || viewer.mode;
  viewer.wanted = { layer: shown.layer, head: shown.head };
  viewer.choice = { ...choice, ...viewer.wanted };
  viewer.failure = failed || '';
  const face = faceOf(picture, viewer.form);
  if (viewer.picture !== picture) Object.assign(viewer, { picture, face, preview: -1, cell: null });
  sayPayloadState(viewer, null);
  schedule(viewer, ALL);
}

// Before the visitor chose anything, a selection other than that of the picture before is a link's, and is followed.
function asksAnew({ touched, picture: before }, { asked }) {
  if (touched || !before) return false;
  const same = (name) => asked[name] === before.asked[name];
  return !same('layer') || !same('head') || !same('view') || (asked.word !== null && !same('word'));
}

// Another text that brings a place to look at opens there.
function bringsNews({ picture: before }, { lookAt, source }) {
  return Boolean(before && lookAt) && before.source.text !== source.text;
}

function readIfNeeded(viewer, picture, { layer, head }) {
  return bytesOf(picture, layer, head) ? null : fetchHead(picture, layer, head, viewer.actions.readHead);
}

// What the newest payload says instead of a picture; null: it brought one.
function sayPayloadState(viewer, said) {
  const message = (said && said.message) || '', failed = said && said.state === 'error';
  viewer.error = failed ? message : '';
  const waiting = said && !failed ? message : '';
  setText(viewer.skeleton.message, viewer.picture ? '' : waiting);
  sayState(viewer.state, viewer.error || viewer.failure, viewer.picture ? waiting : '');
}
