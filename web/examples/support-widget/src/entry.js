import { mountWidget } from "./widget.js";

const script = document.querySelector("script[data-server][data-app][data-staff]");
if (script) mountWidget({ server: script.dataset.server, app: script.dataset.app, staff: Number(script.dataset.staff) });
