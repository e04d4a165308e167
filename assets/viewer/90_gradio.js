// The only file that knows Gradio: mounts the viewer and ties it to the component's value, events and server functions.

// The server keeps nothing of an earlier picture: a question carries the text and the model it is about.
function askServer(question) {
  const shown = props.value;
  if (!server || !shown || shown.id !== question.id) return null;
  return server.read_head({ ...question, source: shown.source });
}

const mounted = createViewer(element.querySelector('.viewer'), {
  pick: (selection) => trigger('pick', selection), // {kind, layer, head, word, row} is what is open now
  hide: (blanks) => trigger('hide', { blanks }), // the words that shall be hidden from the model, by number
  put: (word, text) => trigger('put', { word, text }), // this text in the place of that word
  readHead: async (question) => askServer(question),
});

watch('value', () => mounted.show(props.value));
mounted.show(props.value);
