// Turns the flipbooks: frame by frame, resting on the last one.
(() => {
  const slider = document.querySelector('.slider input');
  if (!slider) return;
  const button = document.querySelector('.slider button');
  const output = document.querySelector('.slider output');
  const labels = slider.dataset.labels.split('|');
  const books = document.querySelectorAll('.flipbook');
  const last = labels.length - 1;
  const rest = 5;
  let tick = 0;
  let timer = 0;

  const show = (frame) => {
    slider.value = frame;
    output.textContent = labels[frame];
    books.forEach((book) => book.style.setProperty('--frame', frame));
  };
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = 'play';
  };
  const play = () => {
    button.textContent = 'pause';
    tick = Number(slider.value) === last ? 0 : Number(slider.value);
    timer = setInterval(() => {
      tick = (tick + 1) % (labels.length + rest);
      show(Math.min(tick, last));
    }, 450);
  };

  slider.addEventListener('input', () => {
    pause();
    show(Number(slider.value));
  });
  button.addEventListener('click', () => (timer ? pause() : play()));
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    pause();
  } else {
    play();
  }
})();
