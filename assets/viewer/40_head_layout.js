// Where everything of the opened head stands, as plain numbers. Must not know elements, colours or Gradio.
// Heights and widths depend on the numbers of tokens and on the room; of the words only in steps of 16 pixels.

const TALLEST = 560; // pixels of rows shown at once; longer texts scroll inside

// words: the widest row and column label in pixels, at 14 px type.
function layoutHead(picture, mode, room, words, narrow) {
  const rows = picture.rows.length, cols = picture.cols.length;
  const tall = mode === 'matrix' ? rows : Math.max(rows, cols);
  const base = { mode, room, rows, cols, tall, narrow, hasMatrix: mode !== 'lines', hasLines: mode !== 'matrix' };
  base.top = base.hasMatrix ? 70 : 24;
  const shape = mode === 'matrix' ? layoutMatrix(base, words) : layoutLines(base, words);
  shape.body = shape.tall * shape.rowHeight;
  shape.scrollsDown = shape.body > TALLEST + 0.5;
  shape.seen = shape.scrollsDown ? Math.floor(TALLEST / shape.rowHeight) * shape.rowHeight : shape.body;
  shape.height = shape.top + shape.seen + 4;
  shape.hidden = Math.max(0, shape.cols * shape.cell - shape.matrixWidth); // matrix pixels reached by scrolling
  shape.scrollsAcross = shape.hidden > 0.5;
  return shape;
}

// One row height for all; a text of 8 to 17 tokens keeps the same height, so that typing moves little.
function rowHeightFor(tall) {
  if (tall > 28) return 17;
  return clamp(Math.round(318 / tall), 20, 40);
}

function typeFor(rowHeight) {
  return rowHeight >= 34 ? 16 : rowHeight >= 23 ? 14 : rowHeight >= 19 ? 13 : rowHeight >= 14 ? 12 : 10;
}

function labelRoom(wide, type, narrow) {
  return clamp(Math.ceil((wide * type) / 14 / 16) * 16, 48, narrow ? 80 : 112);
}

// The matrix alone is never scrolled: its cells shrink until it fits, and labels go where they cannot be read.
function layoutMatrix(base, words) {
  const wish = rowHeightFor(base.rows), type = typeFor(wish);
  const labels = labelRoom(words.rows, type, base.narrow) + 10;
  const fits = (base.room - labels) / base.cols;
  let cell = Math.min(wish, fits);
  let rowHeight = Math.min(wish, TALLEST / base.rows);
  cell = Math.min(cell, rowHeight * 1.6);
  rowHeight = Math.min(rowHeight, cell * 1.6);
  if (cell >= 4) cell = Math.floor(cell);
  if (rowHeight >= 4) rowHeight = Math.floor(rowHeight);
  const matrixWidth = cell * base.cols;
  return {
    ...base, rowHeight, cell, type: typeFor(rowHeight), matrixWidth, rowWords: matrixWidth + labels,
    labels: labels - 10, width: Math.max(base.room, matrixWidth + labels),
  };
}

// Matrix (if asked for) | looking words | lines | looked-at words | bars | percents.
function layoutLines(base, words) {
  const rowHeight = rowHeightFor(base.tall), type = typeFor(rowHeight);
  const labels = labelRoom(words.rows, type, base.narrow), keys = labelRoom(words.cols, type, base.narrow);
  const number = 44, least = { gap: 68, bar: 40 };
  const room = Math.min(base.room, base.hasMatrix ? 920 : 720);
  const beside = base.hasMatrix ? 10 : 0; // between the matrix and its words
  const taken = beside + labels + keys + 4 + number + least.gap + least.bar;
  const space = Math.max(60, room - taken);
  const wish = Math.round(rowHeight * (rowHeight > 30 ? 1 : 0.84));
  const cell = clamp(Math.floor(space / base.cols), 14, wish);
  const matrixWidth = base.hasMatrix ? cell * Math.min(base.cols, Math.floor(space / cell)) : 0;
  const spare = Math.max(0, room - taken - matrixWidth);
  const gap = Math.min(200, least.gap + spare * 0.5);
  const bar = least.bar + spare - (gap - least.gap);
  const rowWords = matrixWidth + beside + labels;
  const colWords = rowWords + gap, bars = colWords + keys + 4;
  const places = { rowWords, colWords, bars, bar, width: bars + bar + number };
  return { ...base, rowHeight, type, cell, matrixWidth, labels, keys, ...places };
}

// The middle of a row or column, in pixels of the stage as it is scrolled now.
function rowMiddle(shape, row) {
  return shape.top + (row + 0.5) * shape.rowHeight - shape.scrollTop;
}

function colMiddle(shape, col) {
  return (col + 0.5) * shape.cell - shape.scrollLeft;
}

function visibleRows(shape, count) {
  const first = Math.floor(shape.scrollTop / shape.rowHeight);
  const last = Math.ceil((shape.scrollTop + shape.seen) / shape.rowHeight);
  return [clamp(first, 0, count), clamp(last, 0, count)];
}

function visibleCols(shape) {
  const first = Math.floor(shape.scrollLeft / shape.cell);
  const last = Math.ceil((shape.scrollLeft + shape.matrixWidth) / shape.cell);
  return [clamp(first, 0, shape.cols), clamp(last, 0, shape.cols)];
}

// What a point of the stage means: a cell, a looking row or a looked-at column (-1 where there is none).
function pointAt(shape, x, y) {
  const row = Math.floor((y - shape.top + shape.scrollTop) / shape.rowHeight);
  const col = Math.floor((x + shape.scrollLeft) / shape.cell);
  const onRow = y >= shape.top && row >= 0 && row < shape.rows ? row : -1;
  const onCol = col >= 0 && col < shape.cols ? col : -1;
  if (shape.hasMatrix && x < shape.matrixWidth) return { row: onRow, col: onCol };
  if (!shape.hasLines || x < shape.rowWords + (shape.colWords - shape.rowWords) / 2) return { row: onRow, col: -1 };
  return { row: -1, col: y >= shape.top && row >= 0 && row < shape.cols ? row : -1 };
}
