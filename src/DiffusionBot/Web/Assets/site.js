// What the pages can do beyond showing themselves. Everything here has a form or a link behind it that works without.

document.documentElement.classList.add('scripted');

document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const text = button.parentElement.querySelector('[data-copyable]').textContent;
  if (!await copy(text)) return;
  const label = button.textContent;
  button.textContent = document.documentElement.lang === 'en' ? 'Copied' : '已复制';
  setTimeout(() => { button.textContent = label; }, 1500);
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard outside https and localhost: the old way.
    const area = document.body.appendChild(document.createElement('textarea'));
    area.value = text;
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

for (const form of document.querySelectorAll('form[data-confirm]')) {
  form.addEventListener('submit', event => { if (!confirm(form.dataset.confirm)) event.preventDefault(); });
}

const log = document.getElementById('log');
if (log && 'live' in log.dataset) chat(log);

function chat(log) {
  const say = document.getElementById('say');
  const text = document.getElementById('text');
  const status = document.getElementById('status');
  const held = document.getElementById('held');
  const answering = document.getElementById('answering');
  const progresses = document.getElementById('progress');
  const words = log.dataset;
  const largest = 20 * 1024 * 1024;
  let last = Number(words.last);
  let pictures = [];
  let events = null;

  // --- Lines -------------------------------------------------------------------------------------

  const nearEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 240;
  const toEnd = () => scrollTo({ top: document.documentElement.scrollHeight });

  function show(line) {
    if (document.getElementById('l' + line.id)) return;
    const follow = nearEnd();
    const made = document.createRange().createContextualFragment(line.html).firstElementChild;
    made.classList.add('fresh');
    welcomed();
    // In the order of their ids, wherever they come from; what is still on its way stays last.
    const before = [...log.querySelectorAll('.line[data-id]')].find(other => Number(other.dataset.id) > line.id) ?? log.querySelector('.line.waiting');
    log.insertBefore(made, before ?? null);
    last = Math.max(last, line.id);
    if (follow) {
      toEnd();
      for (const image of made.querySelectorAll('img')) image.addEventListener('load', toEnd, { once: true });
    }
  }

  function welcomed() {
    log.querySelector('.welcome')?.remove();
    log.classList.remove('new');
  }

  function tell(message, isBad) {
    status.textContent = message ?? '';
    status.classList.toggle('bad', !!isBad);
  }

  // --- Sending -----------------------------------------------------------------------------------

  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');

  function waiting(message, files) {
    const line = document.createElement('article');
    line.className = 'line mine waiting';
    const said = line.appendChild(document.createElement('div'));
    said.className = 'said';
    const p = said.appendChild(document.createElement('p'));
    p.className = 'words';
    p.textContent = message || files.map(f => f.name).join(', ');
    welcomed();
    log.append(line);
    toEnd();
    return line;
  }

  async function send(data, line) {
    tell(words.sending);
    data.set('after', last);
    let answer, body;
    try {
      answer = await fetch(say.action, { method: 'POST', body: data, headers: { Accept: 'application/json' } });
      body = await answer.json();
    } catch {
      answer = null;
    }
    if (answer?.ok) {
      line.remove();
      tell('');
      if (body.reset) return location.reload();
      body.lines.forEach(show);
      if (!events) connect();
      return;
    }
    tell(body?.error ?? words.failed, true);
    // The same id again: what did arrive is not asked for twice.
    const retry = status.appendChild(document.createElement('button'));
    retry.type = 'button';
    retry.className = 'quiet';
    retry.textContent = words.retry;
    retry.addEventListener('click', () => send(data, line));
  }

  say.addEventListener('submit', event => {
    event.preventDefault();
    const choice = event.submitter?.name === 'words' ? event.submitter.value : null;
    const message = choice ?? text.value.trim();
    const files = choice ? [] : pictures;
    if (!message && files.length === 0) return text.focus();
    const data = new FormData();
    data.set('__RequestVerificationToken', say.elements.__RequestVerificationToken.value);
    data.set('id', newId());
    data.set('text', message);
    if (!choice && say.elements.replyTo.value) data.set('replyTo', say.elements.replyTo.value);
    for (const file of files) data.append('pictures', file);
    if (!choice) {
      text.value = '';
      hold([]);
      answer(null);
      fit();
    }
    send(data, waiting(message, files));
  });

  text.addEventListener('keydown', event => {
    // While an input method composes, Enter chooses a word. Where there is a keyboard on the glass, it makes a new line.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || matchMedia('(hover: none)').matches) return;
    event.preventDefault();
    say.requestSubmit();
  });

  function fit() {
    text.style.height = 'auto';
    text.style.height = text.scrollHeight + 'px';
  }
  text.addEventListener('input', fit);
  if (text.value) {
    fit();
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }

  // --- Pictures ----------------------------------------------------------------------------------

  function hold(files) {
    pictures = files;
    held.querySelectorAll('img').forEach(image => URL.revokeObjectURL(image.src));
    held.replaceChildren(...files.map(file => {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-label', `${words.remove}: ${file.name}`);
      const image = button.appendChild(document.createElement('img'));
      image.src = URL.createObjectURL(file);
      image.alt = '';
      button.addEventListener('click', () => hold(pictures.filter(p => p !== file)));
      return button;
    }));
  }

  function take(files) {
    const images = [...files].filter(file => file.type.startsWith('image/'));
    const fitting = images.filter(file => file.size <= largest);
    if (fitting.length < images.length) tell(words.toolarge, true);
    else if (images.length < files.length) tell(words.notpicture, true);
    else tell('');
    hold([...pictures, ...fitting].slice(0, 4));
    text.focus();
  }

  say.elements.pictures.addEventListener('change', event => {
    take(event.target.files);
    event.target.value = '';
  });
  document.addEventListener('paste', event => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  const drags = event => event.dataTransfer?.types.includes('Files');
  document.addEventListener('dragover', event => {
    if (!drags(event)) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
  document.addEventListener('drop', event => {
    if (!drags(event)) return;
    event.preventDefault();
    document.body.classList.remove('dropping');
    take(event.dataTransfer.files);
  });

  // --- Answering a picture -----------------------------------------------------------------------

  function answer(line) {
    say.elements.replyTo.value = line?.dataset.id ?? '';
    answering.hidden = !line;
    answering.firstElementChild.textContent = line ? (line.querySelector('.words')?.textContent ?? line.querySelector('.shots img')?.alt ?? '') : '';
    if (line) text.focus();
  }
  log.addEventListener('click', event => {
    const button = event.target.closest('[data-reply]');
    if (button) answer(button.closest('.line'));
  });
  answering.querySelector('button').addEventListener('click', () => answer(null));

  // --- What happens meanwhile ----------------------------------------------------------------------

  function drop(reference) {
    progresses.querySelector(`[data-reference="${CSS.escape(reference)}"]`)?.remove();
  }

  function progress(sign) {
    if (sign.ended) return drop(sign.reference);
    const follow = nearEnd();
    let card = progresses.querySelector(`[data-reference="${CSS.escape(sign.reference)}"]`);
    if (!card) {
      card = document.createElement('section');
      card.className = 'progress';
      card.dataset.reference = sign.reference;
      const blank = card.appendChild(document.createElement('span'));
      blank.className = 'blank';
      const side = card.appendChild(document.createElement('div'));
      side.appendChild(document.createElement('p'));
      side.appendChild(document.createElement('progress')).max = 1;
      const cancel = side.appendChild(document.createElement('button'));
      // Said like any other choice, through the composer's form.
      cancel.type = 'submit';
      cancel.setAttribute('form', 'say');
      cancel.name = 'words';
      cancel.value = 'cancel ' + sign.code;
      cancel.textContent = words.cancel;
      progresses.append(card);
    }
    card.querySelector('p').textContent = sign.text;
    const bar = card.querySelector('progress');
    bar.value = sign.fraction;
    bar.setAttribute('aria-label', sign.text);
    if (sign.preview) {
      let image = card.querySelector('img');
      if (!image) {
        image = document.createElement('img');
        image.alt = '';
        card.querySelector('.blank').replaceWith(image);
      }
      image.src = sign.preview;
    }
    if (follow) toEnd();
  }

  let lost = null;
  function connect() {
    events?.close();
    events = new EventSource('/chat/events?after=' + last);
    events.addEventListener('open', () => {
      clearTimeout(lost);
      lost = null;
      if (status.dataset.lost) tell('');
      delete status.dataset.lost;
    });
    events.addEventListener('line', event => show(JSON.parse(event.data)));
    events.addEventListener('progress', event => progress(JSON.parse(event.data)));
    events.addEventListener('error', () => {
      // A server that is started again is back within seconds: only what lasts is told.
      lost ??= setTimeout(() => {
        status.dataset.lost = '1';
        tell(words.lost, true);
      }, 4000);
      if (events.readyState !== EventSource.CLOSED) return;
      events = null;
      setTimeout(() => { if (!events) connect(); }, 5000);
    });
  }
  addEventListener('pagehide', () => { events?.close(); events = null; });
  addEventListener('pageshow', event => { if (event.persisted) connect(); });
  connect();
  if (last) toEnd();
}
