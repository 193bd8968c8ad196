// Wheel zooms, dragging pans, a double click shows everything again; only where the picture is opened as a document of its own.
(() => {
  "use strict";
  const picture = document.documentElement, box = picture.viewBox.baseVal;
  const whole = { x: box.x, y: box.y, width: box.width, height: box.height };
  const set = (x, y, width, height) => picture.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  picture.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = point(event), step = Math.exp(Math.min(Math.max(event.deltaY, -240), 240) * 0.0022);
    const factor = Math.min(Math.max(box.width * step, whole.width / 400), whole.width) / box.width;
    set(at.x - (at.x - box.x) * factor, at.y - (at.y - box.y) * factor, box.width * factor, box.height * factor);
  }, { passive: false });
  let last = null;
  picture.addEventListener("pointerdown", (event) => { last = point(event); });
  picture.addEventListener("pointermove", (event) => {
    if (!last || event.buttons !== 1) return;
    const at = point(event);
    set(box.x - at.x + last.x, box.y - at.y + last.y, box.width, box.height);
  });
  picture.addEventListener("pointerup", () => { last = null; });
  picture.addEventListener("dblclick", () => set(whole.x, whole.y, whole.width, whole.height));
})();
