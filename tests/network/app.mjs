/** The app in front of the backend: nothing but a page. */
export default {
  fetch: () => new Response("a page"),
};
