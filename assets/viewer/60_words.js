// What the viewer says in words: the legend, the state line, the live text and the accessible table of the lit row.
// Must not know how anything is drawn, nor Gradio.

const KEY_STEPS = [0, 0.1, 0.25, 0.5, 1];

// The colour key: steps stand where their colour really is.
function createLegend(parent) {
  const box = make('div', 'legend', parent);
  const key = make('div', 'key', box);
  key.setAttribute('aria-hidden', 'true');
  make('div', 'ramp', key);
  const steps = make('div', 'steps', key);
  for (const step of KEY_STEPS) {
    const name = { 0: 'first', 1: 'last' }[step] || '';
    const mark = make('span', name, steps, step === 1 ? percent(step) : String(step * 100));
    mark.style.left = `${tone(step) * 100}%`;
  }
  const text = make('p', '', box, 'rows look, columns are looked at · each row adds up to 100\u00a0%');
  return { remark: make('span', '', text) };
}

function showRemark(legend, view) {
  const many = Math.max(view.picture.rows.length, view.picture.cols.length) > MANY_TOKENS;
  setText(legend.remark, many && view.mode !== 'matrix' ? ' · lines are drawn for the lit row only' : '');
}

// One line above the picture: an error, or what is being waited for. Its place is kept when it is empty.
function createStateLine(parent) {
  const box = make('div', 'state', parent);
  const error = make('p', 'error', box), status = make('p', 'status', box);
  error.setAttribute('role', 'alert');
  status.setAttribute('role', 'status');
  return { error, status };
}

function sayState(line, error, status) {
  setText(line.error, error || '');
  setText(line.status, error ? '' : status || '');
}

// What stands in the picture's place before there is one; its height never changes.
function createSkeleton(parent) {
  const box = make('div', 'skeleton', parent);
  const message = make('p', '', box);
  message.setAttribute('role', 'status');
  for (const name of ['words', 'grid', 'plot']) make('div', name, box);
  return { box, message };
}

function createSpoken(parent) {
  const box = make('div', 'unseen', parent);
  const live = make('p', '', box);
  live.setAttribute('aria-live', 'polite');
  const table = make('table', '', box);
  const caption = make('caption', '', table);
  const head = make('tr', '', make('thead', '', table));
  for (const name of ['looked-at word', 'share']) make('th', '', head, name).setAttribute('scope', 'col');
  return { live, caption, body: make('tbody', '', table) };
}

// The chosen row for screen readers: all of it as a table and, when the visitor chose it, the strongest three aloud.
function speak(spoken, view, aloud) {
  const { picture, bytes, row, layer, head } = view;
  const cols = picture.cols.length, [first, last] = allowedKeys(picture, row);
  const byte = (col) => bytes[row * cols + col];
  const name = `Layer ${layer + 1}, head ${head + 1}: ${picture.rows[row].text} looks at`;
  const best = picture.cols.map((_, col) => col).sort((one, other) => byte(other) - byte(one));
  const said = best.slice(0, 3).map((col) => `${picture.cols[col].text} ${percent(WEIGHTS[byte(col)])}`);
  if (aloud) setText(spoken.live, `${name} ${said.join(', ')}.`);
  setText(spoken.caption, name);
  keepChildren(spoken.body, cols, makeSpokenRow);
  picture.cols.forEach((label, col) => {
    const [word, share] = spoken.body.children[col].children;
    setText(word, label.text);
    setText(share, col < first || col > last ? 'hidden by the mask' : percent(WEIGHTS[byte(col)]));
  });
}

function makeSpokenRow() {
  const line = document.createElement('tr');
  make('th', '', line).setAttribute('scope', 'row');
  make('td', '', line);
  return line;
}
