// What a decoder would write next, as bars on one scale. Must not know Gradio.

const NEXT_LISTED = 6;

function createNextWord(parent) {
  const box = make('section', 'next-word', parent);
  box.setAttribute('aria-label', 'What the model would write next');
  make('span', 'quiet', box, 'would write next');
  box.hidden = true;
  return { box, list: make('ol', '', box) };
}

function showNextWord({ box, list }, { picture: { next } }) {
  box.hidden = !next.length;
  keepChildren(list, Math.min(next.length, NEXT_LISTED), makeNextWord);
  next.slice(0, NEXT_LISTED).forEach(([text, share], at) => {
    const [name, bar, number] = list.children[at].children;
    setText(name, text);
    setAttributes(name, { title: text });
    bar.firstChild.style.width = `${Math.max(1.5, share * 100)}%`;
    setText(number, percent(share));
  });
}

function makeNextWord() {
  const item = document.createElement('li');
  make('span', 'name', item);
  make('span', '', make('span', 'bar', item));
  make('span', 'share', item);
  return item;
}
