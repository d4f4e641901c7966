// Sends one file with XMLHttpRequest, which tells how far it is, to the route that streams it to
// the disk. What runs is kept beside the page, so that it goes on while other steps are looked at.

const running = (window.slmUploads ??= new Map());

export default function (component) {
  const { data, parentElement: root, setTriggerValue } = component;
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [zone, input, pick, cancel] = ["zone", "input", "pick", "cancel"].map(find);
  const upload = () => running.get(data.slot);

  const draw = () => {
    const entry = upload() ?? { error: data.error };
    const { file, loaded = 0, total = 1, begun, error, over } = entry;
    const busy = Boolean(file) && !error;
    find("idle").hidden = busy;
    find("busy").hidden = !busy;
    find("error").hidden = !error;
    find("error").textContent = error ?? "";
    pick.textContent = error ? "Choose it again" : "Choose a large file";
    if (!busy) return;
    const percent = Math.floor((100 * loaded) / total);
    const whole = loaded >= total;
    find("name").textContent = file.name;
    find("bar").style.width = `${percent}%`;
    find("track").setAttribute("aria-valuenow", percent);
    find("done").textContent = over || whole ? "Checking it on the disk …" : `${percent} %`;
    find("facts").textContent =
      `${size(loaded)} of ${size(file.size)}` + (whole ? "" : left(begun, loaded, total));
    cancel.hidden = Boolean(over);
  };

  const choose = (file) => {
    if (!file) return;
    const entry = { file, id: `${Date.now()}-${Math.random()}` };
    running.set(data.slot, entry);
    attend(entry);
    draw();
    entry.insist();
  };

  // What is said while the page is drawn anew for another reason is lost, so it is said until the
  // page has answered. Said twice it does no harm: the choice has an id.
  const insist = (entry, wait = 5000) => {
    clearTimeout(entry.again);
    const { id, file, request, over } = entry;
    if (upload() !== entry || (request && !over)) return;
    if (over) setTriggerValue("ended", Date.now());
    else setTriggerValue("chosen", { id, name: file.name, size: file.size });
    entry.again = setTimeout(() => insist(entry, 2 * wait), wait);
  };

  const attend = (entry) => {
    const tell = (name) => setTriggerValue(name, Date.now());
    Object.assign(entry, { draw, tell, insist: () => insist(entry) });
  };

  const leave = () => {
    const entry = upload();
    if (entry?.draw !== draw) return;
    clearTimeout(entry.again);
    Object.assign(entry, { draw: nothing, tell: nothing, insist: nothing });
  };

  const send = (entry) => {
    const request = new XMLHttpRequest();
    Object.assign(entry, { request, ticket: data.ticket, begun: performance.now() });
    const fail = (error) => {
      Object.assign(entry, { error, file: undefined });
      entry.draw();
      entry.tell("ended");
    };
    request.upload.onprogress = ({ loaded, total }) => {
      Object.assign(entry, { loaded, total });
      entry.draw();
    };
    request.onload = () => {
      if (request.status !== 200) return fail(sentence(request));
      entry.over = true;
      entry.draw();
      entry.insist();
    };
    request.onerror = () => fail(LOST);
    request.open("PUT", `${data.path}/${data.ticket}`);
    request.send(entry.file);
    warnBeforeLeaving();
  };

  pick.onclick = () => input.click();
  input.onchange = () => {
    choose(input.files[0]);
    input.value = "";
  };
  cancel.onclick = () => {
    upload()?.request?.abort();
    running.delete(data.slot);
    draw();
    setTriggerValue("cancelled", Date.now());
  };
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add("over");
  };
  zone.ondragleave = () => zone.classList.remove("over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!upload()?.request || upload().error) choose(event.dataTransfer.files[0]);
  };

  const entry = upload();
  if (entry) {
    attend(entry);
    const answered = data.answered === entry.id;
    if (entry.request ? entry.ticket !== data.ticket : answered && !data.ticket) {
      running.delete(data.slot);
    } else if (answered && !entry.request) send(entry);
    else entry.insist();
  }
  draw();
  return leave;
}

const nothing = () => {};

const LOST =
  "The connection was lost, and nothing of the file was kept: see whether the workbench still " +
  "runs, then choose the file again.";

function sentence(request) {
  try {
    return JSON.parse(request.responseText).error || LOST;
  } catch {
    return LOST;
  }
}

function warnBeforeLeaving() {
  window.onbeforeunload = (event) => {
    const busy = [...running.values()].some(({ request, over }) => request?.readyState < 4 && !over);
    if (busy) event.preventDefault();
  };
}

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 999.5 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${bytes.toFixed(unit > 2 ? 1 : 0)} ${units[unit]}`;
}

function left(begun, loaded, total) {
  const seconds = (performance.now() - begun) / 1000;
  if (!loaded || !(seconds > 1)) return "";
  const rest = (seconds * (total - loaded)) / loaded;
  if (rest < 5) return " · a few seconds left";
  if (rest < 55) return ` · about ${Math.max(5, 5 * Math.round(rest / 5))} seconds left`;
  const minutes = Math.max(1, Math.round(rest / 60));
  if (minutes < 90) return ` · about ${minutes} minute${minutes > 1 ? "s" : ""} left`;
  return ` · about ${Math.round(minutes / 60)} hours left`;
}
