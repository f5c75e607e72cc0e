// Builds elements. Text always goes in as text: nothing here or anywhere else in the page sets HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "disabled" || name === "hidden") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const el = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);

export const svg = (tag, properties, ...children) => fill(document.createElementNS(SVG, tag), properties, children);

// Line icons on a 24 x 24 grid.
const ICONS = {
  send: ["M12 19V5", "M5.5 11.5 12 5l6.5 6.5"],
  stop: ["M8 8h8v8H8z"],
  plus: ["M12 5v14", "M5 12h14"],
  person: ["M4 13v-1a8 8 0 0 1 16 0v1", "M4 13h3v6H5.5A1.5 1.5 0 0 1 4 17.5z", "M20 13h-3v6h1.5a1.5 1.5 0 0 0 1.5-1.5z", "M17 19c0 1.5-1.5 2.5-4 2.5"],
  contrast: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 4v16", "M12 8.5h6.5", "M12 12h7.5", "M12 15.5h6.5"],
  up: ["M7 11v9", "M7 11l4-7.5c1.5 0 2.5 1 2.5 2.5V10h4.7a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7", "M7 11H4v9h3"],
  down: ["M17 13V4", "M17 13l-4 7.5c-1.5 0-2.5-1-2.5-2.5V14H5.8a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6H17", "M17 13h3V4h-3"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  link: ["M9 5H5v14h14v-4", "M13 5h6v6", "M19 5l-9 9"],
  latest: ["M12 5v14", "M5.5 12.5 12 19l6.5-6.5"],
  page: ["M7 3.5h7l4 4V20.5H7z", "M14 3.5v4h4", "M10 12h5", "M10 15.5h5"],
  again: ["M4.5 12a7.5 7.5 0 1 1 2.2 5.3", "M4.5 19v-4.5H9"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4.5l3 1.8"],
};

export const icon = (name) =>
  svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    ICONS[name].map((d) => svg("path", { d })),
  );

// A link as stored by the shop, or null: only http and https, whatever the page behind it says.
export function safeLink(address) {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export const outside = (address, properties, ...children) =>
  el("a", { href: address, target: "_blank", rel: "noopener nofollow noreferrer", ...properties }, ...children);
