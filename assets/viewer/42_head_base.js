// The part of the opened head that stays while rows are looked through: cells, the mask's edge, faint lines.
// Must not know which row is lit, nor Gradio.

const MANY_TOKENS = 128; // beyond it lines are drawn for the lit row only
const LEFT_OUT = 0.25; // strength of the cells that the chosen part of a pair leaves out

function drawBase(panel, view) {
  const { shape } = panel;
  const context = fitCanvas(panel.base, shape.width, shape.height);
  context.save();
  context.beginPath();
  context.rect(0, shape.top, shape.width, shape.seen);
  context.clip();
  if (shape.hasMatrix) drawMatrix(context, panel, view);
  if (shape.hasLines) drawFaintLines(context, panel, view);
  drawPairSeam(context, shape, view);
  context.restore();
}

function drawMatrix(context, panel, view) {
  const { shape } = panel;
  context.save();
  context.beginPath();
  context.rect(0, shape.top, shape.matrixWidth, shape.seen);
  context.clip();
  if (Math.min(shape.cell, shape.rowHeight) >= 8) drawCells(context, shape, view);
  else drawImageOfCells(context, panel, view);
  if (shape.rowHeight >= 4) drawMaskEdge(context, shape, view);
  context.restore();
}

function drawCells(context, shape, view) {
  const [firstCol, lastCol] = visibleCols(shape);
  const [first, last] = visibleRows(shape, shape.rows);
  for (let row = first; row < last; row++) drawRowOfCells(context, shape, view, row, firstCol, lastCol, 1);
}

function drawRowOfCells(context, shape, view, row, firstCol, lastCol, inset) {
  const { cell, rowHeight, cols } = shape;
  const [from, to] = allowedKeys(view.picture, row);
  const y = rowMiddle(shape, row) - rowHeight / 2 + inset, high = rowHeight - 2 * inset;
  const round = cell >= 10 ? 2 : 1;
  for (let col = Math.max(firstCol, from); col < lastCol && col <= to; col++) {
    context.globalAlpha = view.shows(row, col) ? 1 : LEFT_OUT;
    context.fillStyle = view.palette.fills[view.bytes[row * cols + col]];
    context.beginPath();
    context.roundRect(col * cell - shape.scrollLeft + 1, y, cell - 2, high, round);
    context.fill();
  }
  context.globalAlpha = 1;
}

// Cells too small for gaps: the head as one picture, scaled.
function drawImageOfCells(context, panel, view) {
  const { shape } = panel;
  const image = panel.image && panel.image.bytes === view.bytes && panel.image.palette === view.palette
    ? panel.image : panel.image = makeImage(view);
  context.imageSmoothingEnabled = Math.min(shape.cell, shape.rowHeight) * (window.devicePixelRatio || 1) < 1;
  const high = shape.rows * shape.rowHeight;
  context.drawImage(image.canvas, -shape.scrollLeft, shape.top - shape.scrollTop, shape.cols * shape.cell, high);
}

function makeImage({ picture, palette, bytes }) {
  const canvas = document.createElement('canvas');
  const rows = picture.rows.length, cols = canvas.width = picture.cols.length;
  canvas.height = rows;
  const pen = canvas.getContext('2d'), image = pen.createImageData(cols, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < rows; row++) {
    const [from, to] = allowedKeys(picture, row);
    for (let col = 0; col < cols; col++) {
      const at = row * cols + col;
      pixels[at] = col < from || col > to ? palette.paper : palette.pixels[bytes[at]];
    }
  }
  pen.putImageData(image, 0, 0);
  return { canvas, bytes, palette };
}

// The wall: a thin staircase between what a row may look at and what the mask shuts.
function drawMaskEdge(context, shape, view) {
  if (view.picture.mask === 'all') return;
  const [first, last] = visibleRows(shape, shape.rows);
  context.beginPath();
  [0, 1].forEach((side) => {
    for (let row = first; row < last; row++) {
      const edge = allowedKeys(view.picture, row)[side] + side;
      const x = edge * shape.cell - shape.scrollLeft, y = rowMiddle(shape, row) - shape.rowHeight / 2;
      if (row === first) context.moveTo(x, y);
      else context.lineTo(x, y);
      context.lineTo(x, y + shape.rowHeight);
    }
  });
  context.strokeStyle = view.palette.strong;
  context.lineWidth = 1;
  context.stroke();
}

// The other rows' strong links, grey: where attention goes in general, behind the lit row's lines.
function drawFaintLines(context, panel, view) {
  if (panel.shape.tall > MANY_TOKENS) return;
  const known = panel.faint && panel.faint.bytes === view.bytes;
  if (!known) panel.faint = { bytes: view.bytes, links: strongLinks(view, 500) };
  context.strokeStyle = view.palette.third;
  for (const { row, col, weight } of panel.faint.links) {
    if (!view.shows(row, col)) continue;
    context.globalAlpha = 0.06 + 0.16 * weight;
    context.lineWidth = 0.8 + 1.6 * weight;
    strokeLink(context, panel.shape, row, col);
  }
  context.globalAlpha = 1;
}

function strongLinks({ picture, weights }, most) {
  const cols = picture.cols.length, links = [];
  weights.forEach((weight, at) => {
    if (weight > 0.12) links.push({ row: Math.floor(at / cols), col: at % cols, weight });
  });
  return links.length > most ? links.sort((one, other) => other.weight - one.weight).slice(0, most) : links;
}

// The curve from a looking word to a looked-at word; nothing where both are out of sight.
function strokeLink(context, shape, row, col) {
  const from = rowMiddle(shape, row), to = rowMiddle(shape, col);
  if (Math.max(from, to) < shape.top || Math.min(from, to) > shape.top + shape.seen) return;
  const left = shape.rowWords + 8, right = shape.colWords - 8, middle = (left + right) / 2;
  context.beginPath();
  context.moveTo(left, from);
  context.bezierCurveTo(middle, from, middle, to, right, to);
  context.stroke();
}

// Where the second sentence begins: a thin line down the matrix and one across everything.
function drawPairSeam(context, shape, { picture, palette }) {
  if (!isPair(picture)) return;
  context.fillStyle = palette.strong;
  const across = picture.split * shape.cell - shape.scrollLeft;
  if (shape.hasMatrix && across < shape.matrixWidth) context.fillRect(across - 0.5, shape.top, 1, shape.seen);
  context.fillRect(0, rowMiddle(shape, picture.split) - shape.rowHeight / 2 - 0.5, shape.width, 1);
}
