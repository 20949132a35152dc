export const template = `
  <style>
    :host { all: initial; position: fixed; inset: auto 1rem 1rem auto; font: 15px/1.4 system-ui, sans-serif; color: #16202c; }
    button { font: inherit; border: 0; border-radius: 999px; padding: 0.7rem 1.1rem; background: #14608c; color: #fff; cursor: pointer; }
    #panel { background: #fff; width: min(20rem, calc(100vw - 2rem)); border-radius: 14px; box-shadow: 0 8px 30px #0004; padding: 0.8rem; margin-bottom: 0.6rem; }
    #panel[hidden] { display: none; }
    #button { display: block; margin-left: auto; }
    h2 { margin: 0 0 0.4rem; font-size: 1.05rem; }
    ul { list-style: none; margin: 0; padding: 0; height: 14rem; overflow: auto; display: flex; flex-direction: column; gap: 0.4rem; }
    li { max-width: 80%; padding: 0.35rem 0.7rem; border-radius: 12px; background: #e8eef3; align-self: flex-start; overflow-wrap: anywhere; }
    .mine { align-self: flex-end; background: #d4e9f7; }
    form { display: flex; gap: 0.4rem; margin-top: 0.6rem; }
    input { flex: 1; min-width: 0; font: inherit; padding: 0.4rem 0.7rem; border: 1px solid #7a8894; border-radius: 999px; }
  </style>
  <section id="panel" role="region" aria-labelledby="title" hidden>
    <h2 id="title">Support</h2>
    <p id="state" role="status"></p>
    <ul id="messages" aria-live="polite" tabindex="0" aria-label="Messages"></ul>
    <form id="form">
      <input name="text" aria-label="Your question" autocomplete="off" />
      <button>Send</button>
    </form>
  </section>
  <button id="button" type="button" aria-expanded="false" aria-controls="panel">Questions?</button>
`;
