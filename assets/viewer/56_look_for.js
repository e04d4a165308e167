// The line on top that says what to look for: the page's own words, or those made of the most telling head.
// Must not know how anything is drawn, nor Gradio.

// What a head's pattern is called in this line; *words* between asterisks stand out.
const NEWS = {
  aligns: 'how the words of both texts *line up*',
  copies: 'a repeated word’s look at what *followed* it before',
  before: 'each word’s look at the one *before* it',
  after: 'each word’s look at the one *after* it',
  itself: 'each word’s look at *itself*',
  picks: 'the few words that most others *pick out*',
};
const NEWS_ORDER = ['aligns', 'copies', 'before', 'after', 'itself', 'picks'];
const NO_NEWS = 'where attention rests: on this text no head follows a clear pattern';

function createLookFor(parent, actions) {
  const box = make('div', 'look-for', parent), text = make('p', '', box);
  make('span', 'w', text, 'Look for ');
  const line = { box, text, said: make('span', 'said', text), place: null, shown: '' };
  line.show = makeButton('quietly show', box, 'show it');
  line.show.addEventListener('click', () => line.place && actions.look(line.place));
  return line;
}

function showLookFor(line, view) {
  const { picture } = view, news = newsOf(picture);
  const text = picture.lookFor || (news ? sayNews(news) : NO_NEWS);
  if (line.shown !== text) writeStressed(line.said, text);
  line.shown = text;
  line.text.title = text.replaceAll('*', '');
  line.place = picture.lookFor ? picture.lookAt : news;
  markLookFor(line, view);
}

// "show it" is there while something else is open; its place is kept.
function markLookFor({ place, show }, { wanted }) {
  const open = !place || (wanted.layer === place.layer && wanted.head === place.head);
  if (open) show.style.visibility = 'hidden';
  else show.removeAttribute('style');
}

// The best head of the most telling character: {layer, head, name, score}, or null.
function newsOf(picture) {
  const found = NEWS_ORDER.map((name) => bestHead(picture, name)).filter(Boolean);
  const rare = found.find(({ name }) => name === 'aligns' || name === 'copies');
  const plain = found.filter(({ name }) => name !== 'picks');
  if (rare) return rare;
  if (plain.length) return plain.reduce((best, one) => (one.score > best.score ? one : best));
  return found[0] || null;
}

function sayNews({ name, layer, head, score }) {
  return `${NEWS[name]}, in layer ${layer + 1}, head ${head + 1} (${percent(score)})`;
}

// Plain text with *words* that stand out; an asterisk without a partner stays an asterisk.
function writeStressed(node, text) {
  const parts = text.split(/\*([^*]+)\*/u);
  node.replaceChildren(...parts.map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const strong = document.createElement('b');
    strong.textContent = part;
    return strong;
  }));
}
