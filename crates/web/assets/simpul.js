// The news of a page end with it. A browser keeps a page that was left, and what it listens to, for a while; it opens six
// connections to one machine at a time, so that the seventh page would wait for a minute.
htmx.createEventSource = (url) => {
  const source = new EventSource(url);
  addEventListener("pagehide", () => source.close());
  return source;
};
// A page that is taken up again, by going back, is asked for anew: the news have ended, and so may the session.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
