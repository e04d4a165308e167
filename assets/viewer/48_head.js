// The opened head: title, form of drawing, the scrolled stage with its two canvases, and what the pointer does there.
// Must not know where the numbers come from, nor Gradio.

const SCROLLED = { tabindex: 0, role: 'group', 'aria-label': 'The opened head, scrolled with the arrow keys' };
const MODES = { matrix: 'Matrix', lines: 'Lines', both: 'Both' };

function createHead(parent, actions) {
  const box = make('section', 'head', parent);
  const line = make('div', 'line', box);
  const panel = { box, title: make('h3', '', line) };
  panel.modes = makeSegments(line, 'How to draw this head', MODES, actions.draw);
  panel.says = createSays(box);
  panel.parts = createParts(box, actions);
  panel.stage = make('div', 'stage', box);
  panel.extent = make('div', 'extent', panel.stage);
  panel.pane = make('div', 'pane', panel.extent);
  panel.pane.setAttribute('role', 'img');
  panel.base = make('canvas', '', panel.pane);
  panel.light = make('canvas', '', panel.pane);
  const under = make('div', 'under', box);
  panel.readout = createReadout(under);
  panel.parked = createParked(under);
  panel.legend = createLegend(box);
  listenToStage(panel, actions);
  return panel;
}

// What the opened head does, in words, with the term in brackets and its share.
function createSays(parent) {
  const line = make('p', 'says', parent);
  return { line, does: make('span', '', line), term: make('span', 'term', line), share: make('span', 'score', line) };
}

function sayHead(panel, { picture, layer, head }) {
  const { says, term, share } = describeHead(picture, layer, head);
  setText(panel.title, headName(layer, head));
  setText(panel.says.does, says);
  setText(panel.says.term, term);
  setText(panel.says.share, share);
  panel.says.line.title = says + term + share;
}

function listenToStage(panel, actions) {
  const { pane, stage } = panel;
  const nowhere = { row: -1, col: -1 };
  const find = (event) => {
    const { left, top } = pane.getBoundingClientRect();
    return panel.shape ? pointAt(panel.shape, event.clientX - left, event.clientY - top) : nowhere;
  };
  pane.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') actions.point(find(event));
  });
  pane.addEventListener('pointerleave', () => actions.point(nowhere));
  pane.addEventListener('click', (event) => {
    const { row, col } = find(event);
    if (row >= 0) actions.lock(row);
    if (event.pointerType === 'touch') actions.point({ row: -1, col }); // a finger does not hover
  });
  stage.addEventListener('scroll', () => actions.scrolled(), { passive: true });
}

// Everything of the panel that depends on the picture, the room or the form of drawing.
function arrangeHead(panel, view) {
  const words = widestLabels(panel, view);
  const room = panel.box.clientWidth;
  let shape = layoutHead(view.picture, view.mode, room, words, view.narrow);
  if (shape.scrollsDown) shape = layoutHead(view.picture, view.mode, room - 14, words, view.narrow);
  panel.shape = shape;
  const { stage, extent, pane } = panel;
  stage.classList.toggle('scrolls-down', shape.scrollsDown);
  stage.classList.toggle('scrolls-across', shape.scrollsAcross);
  if (shape.scrollsDown || shape.scrollsAcross) setAttributes(stage, SCROLLED);
  else Object.keys(SCROLLED).forEach((name) => stage.removeAttribute(name));
  stage.style.height = `${shape.height + (shape.scrollsAcross ? 14 : 0)}px`;
  pane.style.width = `${shape.width}px`;
  pane.style.height = `${shape.height}px`;
  extent.style.width = `${stage.clientWidth + shape.hidden}px`; // scroll bars may lie beside the stage or over it
  extent.style.height = `${stage.clientHeight + shape.body - shape.seen}px`;
  pressSegment(panel.modes, view.mode);
  panel.modes.buttons.both.hidden = view.narrow;
  showParts(panel.parts, view);
}

function widestLabels(panel, { picture, palette }) {
  if (panel.widest && panel.widest.picture === picture) return panel.widest;
  const context = panel.base.getContext('2d');
  context.font = `700 14px ${palette.family}`;
  const wider = (most, { text }) => (most > 120 ? most : Math.max(most, context.measureText(text).width));
  const widest = (labels) => labels.reduce(wider, 0);
  const rows = widest(picture.rows);
  panel.widest = { picture, rows, cols: picture.cols === picture.rows ? rows : widest(picture.cols) };
  return panel.widest;
}

function drawHead(panel, view) {
  const { shape, stage } = panel;
  shape.scrollTop = shape.scrollsDown ? stage.scrollTop : 0;
  shape.scrollLeft = shape.scrollsAcross ? stage.scrollLeft : 0;
  sayHead(panel, view);
  const name = headName(view.layer, view.head);
  setAttributes(panel.pane, { 'aria-label': `${name}, drawn; its numbers follow in a table` });
  drawBase(panel, view);
  lightHead(panel, view);
}

function lightHead(panel, view) {
  drawLight(panel, view);
  readOut(panel.readout, view);
  sayParked(panel.parked, view);
  sayPieces(panel.legend, view);
  const { rows, cols } = view.picture;
  const pointed = view.cell && view.cell.col >= 0 ? cols[view.cell.col].text : rows[view.lit].text;
  const title = pointed.length > 12 ? pointed : '';
  if (panel.pane.title !== title) panel.pane.title = title;
}

// Brings a row and what it looks at most into sight, inside the stage only: the page itself never moves.
function revealRow(panel, row, col) {
  const { stage, shape: { scrollsDown, scrollsAcross, seen, rowHeight, matrixWidth, cell } } = panel;
  if (scrollsDown) stage.scrollTop = revealed(stage.scrollTop, seen, row * rowHeight, rowHeight);
  if (scrollsAcross) stage.scrollLeft = revealed(stage.scrollLeft, matrixWidth, col * cell, cell);
}

// Where to scroll so that [from, from + size] is seen; where it is seen already, nothing moves.
function revealed(scrolled, seen, from, size) {
  const inside = from >= scrolled && from + size <= scrolled + seen;
  return inside ? scrolled : Math.max(0, from - Math.floor(seen / 2 / size) * size);
}

// One line in a fixed place that says the pointed cell, or the lit row's strongest, in words.
function createReadout(parent) {
  const line = make('p', 'readout', parent);
  const readout = { looks: make('b', '', line) };
  make('span', 'arrow', line, '→');
  readout.seen = make('b', '', line);
  readout.share = make('span', 'share', line);
  return readout;
}

function readOut(readout, view) {
  const { picture, weights, lit, cell } = view;
  const cols = picture.cols.length, pointed = cell && cell.col >= 0;
  const col = pointed ? cell.col : strongestCol(weights, lit, cols);
  const [first, last] = allowedKeys(picture, lit);
  setText(readout.looks, picture.rows[lit].text);
  setText(readout.seen, picture.cols[col].text);
  setText(readout.share, col >= first && col <= last ? percent(weights[lit * cols + col]) : 'hidden by the mask');
}

// What pieces the pointed word, or else the lit one, was read in.
function sayPieces({ pieces }, { picture, lit, cell }) {
  const text = piecesOf(cell && cell.col >= 0 ? picture.cols[cell.col] : picture.rows[lit]);
  setText(pieces, text);
  if (pieces.title !== text) pieces.title = text;
}

// "didn't = didn · ' · t, ids 146 5 26"
function piecesOf({ text, pieces }) {
  const ids = pieces.map(({ id }) => id).join(' ');
  if (pieces.length > 1) return `${text} = ${pieces.map((piece) => piece.text).join(' · ')}, ids ${ids}`;
  const [{ piece }] = pieces;
  return piece === text ? `${text}: id ${ids}` : `${text}: piece ${piece}, id ${ids}`;
}

function strongestCol(weights, row, cols) {
  let best = 0;
  for (let col = 1; col < cols; col++) if (weights[row * cols + col] > weights[row * cols + best]) best = col;
  return best;
}
