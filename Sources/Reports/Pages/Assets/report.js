// Sorting, filtering, choosing two plans, pointing at marks, copying files. Without it the page shows the same, standing still.

const value = (row, column) => row.cells[column]?.dataset.v ?? row.cells[column]?.textContent ?? "";

/** Sorts a table by a column; empty cells stay last, equal ones as they were. */
function sort(table, header) {
  const column = [...header.parentNode.cells].indexOf(header), ascending = header.getAttribute("aria-sort") !== "ascending";
  for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const numeric = header.classList.contains("number"), body = table.tBodies[0];
  const rows = [...body.rows].sort((a, b) => {
    const [left, right] = [value(a, column), value(b, column)];
    if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1);
    const order = numeric ? Number(left) - Number(right) : left.localeCompare(right, "en");
    return ascending ? order : -order;
  });
  body.append(...rows);
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.rows[0].cells) {
    if (header.classList.contains("choose") || !header.textContent) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sort(table, header));
  }
}

for (const input of document.querySelectorAll("input[data-filter]")) {
  const rows = [...document.getElementById(input.dataset.filter).tBodies[0].rows], count = input.nextElementSibling;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    count.textContent = words.length ? `${shown} of ${rows.length}` : "";
  });
}

/** Shows the parts of the plans that were chosen for the left and the right side. */
function choose() {
  for (const side of ["a", "b"]) {
    const plan = document.querySelector(`input[name="${side}"]:checked`)?.value;
    for (const part of document.querySelectorAll(".side")) part.classList.toggle(side, part.dataset.plan === plan);
  }
  for (const row of document.querySelectorAll("tr[data-plan]")) {
    row.classList.toggle("chosen", Boolean(row.querySelector("input:checked")));
  }
}
for (const input of document.querySelectorAll("input[name='a'], input[name='b']")) input.addEventListener("change", choose);
choose();

const tip = document.getElementById("tip");
let pointed = null;
function point(mark, x, y) {
  pointed?.classList.remove("pointed");
  pointed = mark ? document.getElementById(mark.dataset.row) : null;
  pointed?.classList.add("pointed");
  tip.style.visibility = mark ? "visible" : "hidden";
  if (!mark) return;
  tip.textContent = mark.dataset.tip;
  tip.style.left = `${Math.min(x + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(y + 14, innerHeight - tip.offsetHeight - 8)}px`;
}
for (const mark of document.querySelectorAll("svg [data-tip]")) {
  // The tip says the same, sooner.
  mark.querySelector("title")?.remove();
  mark.setAttribute("tabindex", "0");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", mark.dataset.tip);
  mark.addEventListener("pointermove", (event) => point(mark, event.clientX, event.clientY));
  mark.addEventListener("pointerleave", () => point(null));
  mark.addEventListener("focus", () => { const box = mark.getBoundingClientRect(); point(mark, box.right, box.bottom); });
  mark.addEventListener("blur", () => point(null));
  const go = () => document.getElementById(mark.dataset.row)?.scrollIntoView({ block: "center" });
  mark.addEventListener("click", go);
  mark.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
}

for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const text = button.closest(".file").querySelector("pre");
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // Pages from a file may not use the clipboard by themselves.
      const range = document.createRange(), selection = getSelection();
      range.selectNodeContents(text);
      selection.removeAllRanges();
      selection.addRange(range);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = (root.dataset.theme ?? (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
});
