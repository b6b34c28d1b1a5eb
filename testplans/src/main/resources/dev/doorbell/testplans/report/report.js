"use strict";
(() => {
  const cases = [...document.querySelectorAll("details.case")];
  const filter = document.getElementById("filter");
  const shown = state => {
    const which = document.querySelector("input[name=show]:checked").value;
    return which === "all" || (which === "bad" ? state === "failed" || state === "error" : state === which);
  };
  const apply = () => {
    const text = filter.value.trim().toLowerCase();
    let any = false;
    for (const c of cases) {
      c.hidden = !shown(c.dataset.state) || !c.dataset.text.toLowerCase().includes(text);
      any ||= !c.hidden;
    }
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = !group.querySelector("details.case:not([hidden])");
    }
    document.getElementById("nothing").hidden = any;
  };
  const open = state => cases.filter(c => !c.hidden).forEach(c => { c.open = state; });
  document.querySelectorAll("input[name=show]").forEach(r => r.addEventListener("change", apply));
  filter.addEventListener("input", apply);
  document.getElementById("expand").addEventListener("click", () => open(true));
  document.getElementById("collapse").addEventListener("click", () => open(false));
})();
