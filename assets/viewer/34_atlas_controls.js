// Around the grid of heads: a filter for each thing heads do, the summaries, and what the tags mean.
// Must not know thumbnails, words of the text or Gradio.

const NO_SUCH_HEAD = 'no head does this here';
const ALL_MEAN = [-1, -1], ROLLOUT = [-1, -2];

function createFilters(parent, actions) {
  const box = make('div', 'filters', parent);
  setAttributes(box, { role: 'group', 'aria-label': 'Show the heads that do one thing' });
  box.addEventListener('click', (event) => {
    const chip = event.target.closest('button');
    if (chip && chip.getAttribute('aria-disabled') !== 'true') actions.filter(chip.dataset.name);
  });
  return { box };
}

// One chip for every character this kind of attention can have, in a fixed order, with how many heads have it here.
function showFilters(filters, { picture, palette, filter }) {
  const names = picture.characters.length ? charactersOf(picture) : [], counts = countCharacters(picture);
  keepChildren(filters.box, names.length, makeFilter);
  names.forEach((name, at) => {
    const chip = filters.box.children[at], [sign, word, number] = chip.children, count = counts[name] || 0;
    chip.dataset.name = name;
    drawSign(fitCanvas(sign, 10, 10), palette, name, 1, 1);
    setText(word, name);
    setText(number, String(count));
    const says = name === 'parks' ? `${CHARACTERS[name].says} ${restingPlace(picture)}` : CHARACTERS[name].says;
    const title = count ? `${says} (${CHARACTERS[name].term})` : NO_SUCH_HEAD;
    setAttributes(chip, { 'aria-pressed': filter === name, 'aria-disabled': !count, title });
  });
}

function makeFilter() {
  const chip = makeButton('filter');
  make('canvas', '', chip);
  make('span', '', chip);
  make('span', 'number', chip);
  return chip;
}

// The summaries of all heads; a layer's own mean stands in the grid.
function createSummaries(parent, actions) {
  const box = make('div', 'sums', parent);
  setAttributes(box, { role: 'group', 'aria-label': 'All heads together' });
  const entries = [ALL_MEAN, ROLLOUT].map((place) => {
    const button = makeButton('filter', box, headName(...place));
    button.title = describeSummary(...place).says;
    button.addEventListener('click', () => actions.open(...place));
    return { place, button };
  });
  return { entries };
}

function markSummaries({ entries }, { picture, wanted }) {
  for (const { place: [layer, head], button } of entries) {
    button.hidden = findSummary(picture, layer, head) < 0;
    setAttributes(button, { 'aria-pressed': wanted.layer === layer && wanted.head === head });
  }
}

// What the tags that occur mean; its height is kept for all of them.
function writeLegend(legend, picture) {
  const counts = countCharacters(picture), names = charactersOf(picture).filter((name) => counts[name]);
  const key = `${names.join()} ${restingPlace(picture)}`;
  if (legend.dataset.names === key) return;
  legend.dataset.names = key;
  legend.replaceChildren();
  names.forEach((name, at) => {
    make('b', '', legend, name);
    const meaning = name === 'parks' ? `${CHARACTERS.parks.short} ${restingPlace(picture)}` : CHARACTERS[name].short;
    make('span', '', legend, ` ${meaning}${at < names.length - 1 ? ' · ' : ''}`);
  });
}
