// Fetches the page anew and puts its content in place: scroll position and focus stay where the reader left them.
"use strict";
(() => {
  const EVERY_MS = 10000;
  const stale = document.getElementById("stale");

  async function refresh() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("content");
      if (!fresh) throw new Error("no content");
      document.getElementById("content").replaceWith(document.adoptNode(fresh));
      stale.hidden = true;
    } catch (problem) {
      stale.hidden = false;
    }
    setTimeout(refresh, EVERY_MS);
  }

  setTimeout(refresh, EVERY_MS);
})();
