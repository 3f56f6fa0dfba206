// Records one clip with the microphone and sends it as a plain WAV file: 16 bit, mono, 22,050 Hz.
(() => {
  const RATE = 22050, LONGEST_MS = 8000;
  let recorder = null, chunks = [], usual = '';

  function wav(samples) {
    const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
    const word = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
    word(0, 'RIFF'); view.setUint32(4, 36 + 2 * samples.length, true); word(8, 'WAVEfmt ');
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, RATE, true); view.setUint32(28, 2 * RATE, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    word(36, 'data'); view.setUint32(40, 2 * samples.length, true);
    samples.forEach((value, i) => view.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, value)) * 32767, true));
    return new Blob([view], { type: 'audio/wav' });
  }

  async function plain(blob) {
    const heard = await new OfflineAudioContext(1, RATE, RATE).decodeAudioData(await blob.arrayBuffer());
    const mono = new OfflineAudioContext(1, Math.max(1, Math.ceil(heard.duration * RATE)), RATE);
    const source = mono.createBufferSource();
    source.buffer = heard;
    source.connect(mono.destination);
    source.start();
    return wav((await mono.startRendering()).getChannelData(0));
  }

  async function send(blob) {
    const form = document.getElementById('clip-form'), body = new FormData(form);
    body.set('clip', await plain(blob), 'clip.wav');
    const answer = await fetch(form.action, { method: 'POST', body });
    if (answer.ok) { location.reload(); return; }
    const words = (await answer.text()).match(/role="alert">([^<]*)</);
    say(words ? words[1] : String(answer.status));
  }

  const say = words => { document.getElementById('record-said').textContent = words; };

  async function start(button, box) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    chunks = [];
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = event => chunks.push(event.data);
    recorder.onstop = async () => {
      stream.getTracks().forEach(track => track.stop());
      button.textContent = usual;
      try { await send(new Blob(chunks, { type: recorder.mimeType })); } finally { recorder = null; }
    };
    recorder.start();
    usual = button.textContent;
    button.textContent = box.dataset.going;
    setTimeout(() => { if (recorder?.state === 'recording') recorder.stop(); }, LONGEST_MS - 500);
  }

  document.addEventListener('DOMContentLoaded', () => {
    const box = document.getElementById('recorder'), button = document.getElementById('record');
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
    box.hidden = false;
    button.addEventListener('click', async () => {
      if (recorder?.state === 'recording') { recorder.stop(); return; }
      say('');
      try { await start(button, box); } catch { say(box.dataset.refused); }
    });
  });
})();
