// The part of the opened head that follows the lit row: its band, words, lines, bars, percents and column labels.
// Must not know what lit it, nor Gradio.

const SEEN = 0.08; // from this share on, a word counts as looked at and is written in full strength

function drawLight(panel, view) {
  const { shape } = panel;
  const context = fitCanvas(panel.light, shape.width, shape.height);
  const lit = { row: view.lit, from: view.lit * shape.cols, allowed: allowedKeys(view.picture, view.lit), best: -1 };
  lit.weight = (col) => view.weights[lit.from + col];
  lit.open = (col) => col >= lit.allowed[0] && col <= lit.allowed[1];
  for (let col = 0; col < shape.cols; col++) if (lit.best < 0 || lit.weight(col) > lit.weight(lit.best)) lit.best = col;
  context.save();
  context.beginPath();
  context.rect(-2, shape.top - 1, shape.width + 4, shape.seen + 1.5);
  context.clip();
  if (shape.rowHeight < 8) drawThinBand(context, panel, view, lit);
  else drawBand(context, shape, view, lit);
  if (shape.hasLines) drawLitLines(context, shape, view, lit);
  drawRowWords(context, shape, view, lit);
  if (shape.hasLines) drawLookedAt(context, shape, view, lit);
  context.restore();
  if (shape.hasMatrix) drawColumnLabels(context, shape, view, lit);
  if (shape.hasLines) drawDirection(context, shape, view);
}

function drawBand(context, shape, view, lit) {
  const y = rowMiddle(shape, lit.row) - shape.rowHeight / 2, { palette } = view;
  context.fillStyle = palette.wash;
  context.beginPath();
  context.roundRect(0, y, shape.rowWords + 4, shape.rowHeight, 5);
  context.fill();
  if (!shape.hasMatrix) return;
  context.fillStyle = palette.page;
  context.fillRect(0, y + 1, shape.matrixWidth, shape.rowHeight - 2);
  clipMatrix(context, shape, () => {
    const [first, last] = visibleCols(shape);
    drawRowOfCells(context, shape, view, lit.row, first, last, shape.rowHeight >= 16 ? 2.5 : 1);
  });
  frameRow(context, shape, view, y, shape.rowHeight);
  if (view.cell) markCell(context, shape, view);
}

// A row too thin to read is shown enlarged, over its neighbours.
function drawThinBand(context, panel, view, lit) {
  const { shape } = panel, high = 11, y = legibleMiddle(shape, lit.row) - high / 2;
  context.imageSmoothingEnabled = false;
  context.drawImage(panel.image.canvas, 0, lit.row, shape.cols, 1, 0, y, shape.cols * shape.cell, high);
  frameRow(context, shape, view, y, high);
}

function frameRow(context, shape, view, y, high) {
  context.strokeStyle = view.palette.kind;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(0.75, y + 0.5, shape.matrixWidth - 0.75, high - 1, high < 16 ? 2 : 4);
  context.stroke();
}

// The middle of a row, moved so far into the stage that a line of type there is not cut.
function legibleMiddle(shape, row) {
  return clamp(rowMiddle(shape, row), shape.top + 7, shape.top + shape.seen - 7);
}

function clipMatrix(context, shape, draw) {
  context.save();
  context.beginPath();
  context.rect(0, 0, shape.matrixWidth, shape.height);
  context.clip();
  draw();
  context.restore();
}

function markCell(context, shape, view) {
  const { row, col } = view.cell;
  if (row < 0 || col < 0) return;
  const wide = Math.max(4, shape.cell), high = Math.max(4, shape.rowHeight);
  clipMatrix(context, shape, () => {
    context.strokeStyle = view.palette.ink;
    context.lineWidth = 1.5;
    const left = colMiddle(shape, col) - wide / 2, top = rowMiddle(shape, row) - high / 2;
    context.strokeRect(left + 1, top + 1.5, wide - 2, high - 3);
  });
}

function drawLitLines(context, shape, view, lit) {
  context.strokeStyle = view.palette.kind;
  context.lineCap = 'round';
  for (let col = 0; col < shape.cols; col++) {
    const weight = lit.weight(col);
    if (weight <= 0.015 || !view.shows(lit.row, col)) continue;
    context.globalAlpha = 0.3 + 0.7 * Math.sqrt(weight);
    context.lineWidth = 0.8 + 6.5 * weight;
    strokeLink(context, shape, lit.row, col);
  }
  context.globalAlpha = 1;
}

function drawRowWords(context, shape, view, lit) {
  const legible = shape.rowHeight >= 11;
  const [first, last] = legible ? visibleRows(shape, shape.rows) : [lit.row, lit.row + 1];
  const x = shape.hasLines ? shape.rowWords : shape.matrixWidth + 10;
  context.textAlign = shape.hasLines ? 'right' : 'left';
  context.textBaseline = 'middle';
  for (let row = first; row < last; row++) {
    const label = view.picture.rows[row], strong = row === lit.row;
    const y = legible ? rowMiddle(shape, row) : legibleMiddle(shape, row);
    const alpha = strong ? 1 : view.showsRow(row) ? 0.78 : 0.4;
    writeWord(context, shape, view, label, { x, y, room: shape.labels, strong, alpha });
    if (label.joined && legible) drawJoin(context, shape, view, x + (shape.hasLines ? 3.5 : -4), y);
  }
}

function writeWord(context, shape, view, label, { x, y, room, strong, alpha }) {
  const size = shape.rowHeight < 11 ? 12 : shape.type;
  context.font = `${strong ? 700 : 400} ${size}px ${view.palette.family}`;
  context.fillStyle = label.special || label.masked ? view.palette.third : view.palette.ink;
  context.globalAlpha = alpha;
  context.fillText(fitText(context, label.text, room), x, y + 0.5);
  context.globalAlpha = 1;
}

// A hairline that ties a piece to the piece of the same word above it.
function drawJoin(context, shape, view, x, y) {
  context.fillStyle = view.palette.strong;
  context.fillRect(x - 0.75, y - shape.rowHeight * 0.78, 1.5, shape.rowHeight * 0.56);
}

function drawLookedAt(context, shape, view, lit) {
  const [first, last] = visibleRows(shape, shape.cols);
  context.textBaseline = 'middle';
  for (let col = first; col < last; col++) {
    const label = view.picture.cols[col], y = rowMiddle(shape, col), weight = lit.weight(col);
    const pointed = view.cell && view.cell.col === col, strong = col === lit.best || pointed;
    const alpha = !lit.open(col) || !view.shows(lit.row, col) ? 0.4 : weight > SEEN || pointed ? 1 : 0.72;
    context.textAlign = 'left';
    writeWord(context, shape, view, label, { x: shape.colWords, y, room: shape.keys, strong, alpha });
    if (label.joined) drawJoin(context, shape, view, shape.colWords - 3.5, y);
    if (lit.open(col) && view.shows(lit.row, col)) drawBar(context, shape, view, y, weight, strong);
    else if (lit.open(col)) continue;
    else if (col === lit.allowed[1] + 1 || col === 0) writeHidden(context, shape, view, y);
  }
}

function drawBar(context, shape, view, y, weight, strong) {
  const seen = weight > SEEN, high = clamp(Math.round(shape.rowHeight * 0.38), 6, 14);
  context.fillStyle = view.palette.kind;
  context.globalAlpha = seen ? 1 : 0.45;
  context.beginPath();
  context.roundRect(shape.bars, y - high / 2, Math.max(1.5, shape.bar * weight), high, Math.min(2, shape.bar * weight));
  context.fill();
  context.globalAlpha = seen || strong ? 1 : 0.66;
  context.fillStyle = view.palette.ink;
  context.textAlign = 'right';
  context.font = `${strong ? 700 : 400} ${Math.min(12.5, shape.type)}px ${view.palette.family}`;
  context.fillText(percent(weight), shape.width - 1, y + 0.5);
  context.globalAlpha = 1;
}

function writeHidden(context, shape, view, y) {
  context.font = `11px ${view.palette.family}`;
  context.fillStyle = view.palette.third;
  context.textAlign = 'left';
  const whole = 'hidden by the mask', room = shape.width - shape.bars;
  context.fillText(context.measureText(whole).width <= room ? whole : 'hidden', shape.bars, y + 0.5);
}

function drawColumnLabels(context, shape, view, lit) {
  const legible = shape.cell >= 12, pointed = view.cell ? view.cell.col : -1;
  const [first, last] = visibleCols(shape);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  for (let col = first; col < last; col++) {
    if (!legible && col !== pointed && (pointed >= 0 || col !== lit.best)) continue;
    const x = colMiddle(shape, col), weight = lit.weight(col), label = view.picture.cols[col];
    if (x < 2 || x > shape.matrixWidth) continue;
    const strong = col === pointed || weight > 0.15;
    context.save();
    context.translate(x + Math.min(4, shape.cell * 0.2), shape.top - 6);
    context.rotate(((shape.cell < 16 ? -60 : -52) * Math.PI) / 180);
    context.font = `${strong ? 600 : 400} ${shape.cell >= 16 ? 12.5 : 11}px ${view.palette.family}`;
    context.fillStyle = label.special && !strong ? view.palette.third : view.palette.ink;
    context.globalAlpha = !lit.open(col) ? 0.4 : strong || weight > SEEN ? 1 : 0.76;
    context.fillText(fitText(context, label.text, shape.cell < 16 ? 72 : 78), 0, 0);
    context.restore();
  }
}

// "looks → is looked at", above the two columns of words.
function drawDirection(context, shape, view) {
  const y = shape.top - 12, left = shape.rowWords + 10, right = shape.colWords - 10;
  context.font = `11px ${view.palette.family}`;
  context.fillStyle = context.strokeStyle = view.palette.third;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillText('looks', shape.rowWords, y);
  context.textAlign = 'left';
  context.fillText('is looked at', shape.colWords, y);
  context.lineWidth = 1.2;
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(right, y);
  context.moveTo(right - 5, y - 3.5);
  context.lineTo(right, y);
  context.lineTo(right - 5, y + 3.5);
  context.stroke();
}
