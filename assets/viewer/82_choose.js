// What a visitor chooses: a head, a word, a filter, a switch, a word to hide. Must not know how anything is drawn, nor
// Gradio.

const HELD = 80; // milliseconds: a head asked for so soon after another comes from a key that is held down

// The outline moves at once; the picture follows when the head is there. Keys held down ask only for the last head.
function openHead(viewer, layer, head) {
  const { picture } = viewer;
  if (!picture) return;
  viewer.wanted = { layer, head };
  viewer.aloud = viewer.touched = true;
  clearTimeout(viewer.readTimer);
  const held = performance.now() - viewer.openedAt < HELD;
  viewer.openedAt = performance.now();
  if (bytesOf(picture, layer, head)) settleHead(viewer, picture, layer, head, null);
  else if (held) viewer.readTimer = setTimeout(() => readWanted(viewer, picture, layer, head), HELD);
  else readWanted(viewer, picture, layer, head);
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

// What the line on top points at: a head, and the word where it is to be seen.
function lookAtHead(viewer, { layer, head, word }) {
  const { face } = viewer;
  if (!face) return;
  const home = anchorOfWord(face, word);
  if (home) viewer.choice = { ...viewer.choice, lock: null, home };
  openHead(viewer, layer, head);
}

// Shows the heads of one character only and opens the best of them; the same again shows all.
function filterHeads(viewer, name) {
  viewer.filter = viewer.filter === name ? '' : name;
  const best = viewer.filter && bestHead(viewer.picture, name);
  if (best) openHead(viewer, best.layer, best.head);
  schedule(viewer, HEAD);
}

function previewRow(viewer, row, cell) {
  const before = viewer.cell || { row: -1, col: -1 }, after = cell || { row: -1, col: -1 };
  if (viewer.preview === row && before.row === after.row && before.col === after.col) return;
  viewer.preview = row;
  viewer.cell = cell;
  schedule(viewer, LIGHT);
}

function lockRow(viewer, row) {
  const { face } = viewer;
  if (!face || row >= face.rows.length) return;
  viewer.choice = toggleLock(face, viewer.choice, row);
  viewer.preview = -1;
  viewer.aloud = viewer.touched = true;
  schedule(viewer, LIGHT);
  pickSoon(viewer);
}

// One of the switches; what is chosen stays chosen as far as the new form shows it.
function setOption(viewer, name, value) {
  if (name === 'words') putForm(viewer, { ...viewer.form, words: value === 'words' });
  else if (name === 'special') putForm(viewer, { ...viewer.form, special: value === 'shown' });
  else viewer[name] = value;
  if (name === 'scale') viewer.palette = null;
  schedule(viewer, name === 'sort' ? HEAD : ALL);
}

function putForm(viewer, form) {
  viewer.form = form;
  if (!viewer.picture) return;
  const before = viewer.face, after = faceOf(viewer.picture, form);
  viewer.choice = chooseInFace(before, after, viewer.choice);
  Object.assign(viewer, { face: after, preview: -1, cell: null });
}

// Hides the word of a row from the model, or lets it be seen again.
function hideWord(viewer, row) {
  const label = viewer.face.rows[row];
  if (canHide(viewer.face, label)) viewer.actions.hide(blanksWith(viewer.face, label.word));
}

function hideByKey(viewer, event) {
  const typed = event.target.closest('select, input, textarea');
  if (event.key !== 'h' || event.ctrlKey || event.metaKey || event.altKey || typed || !viewer.face) return;
  event.preventDefault();
  const focused = rowOfChip(viewer.sentence, event.target);
  const row = focused >= 0 ? focused : viewer.preview >= 0 ? viewer.preview : chosenRow(viewer.face, viewer.choice);
  hideWord(viewer, row);
}

// Tells the world what is chosen, once it has been still for a moment.
function pickSoon(viewer) {
  clearTimeout(viewer.pickTimer);
  viewer.pickTimer = setTimeout(() => {
    const { face, choice: { layer, head } } = viewer, label = face.rows[chosenRow(face, viewer.choice)];
    viewer.actions.pick({ kind: face.kind, layer, head, word: label.word, row: label.tokens[0] });
  }, 120);
}
