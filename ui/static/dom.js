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
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2.5v2", "M12 19.500v2", "M2.500 12h2", "M19.500 12h2", "M5.300 5.300l1.400 1.400", "M17.300 17.300l1.400 1.400", "M5.300 18.700l1.400-1.400", "M17.300 6.700l1.400-1.400"],
  moon: ["M20 14.500A8.300 8.300 0 0 1 9.500 4a8.300 8.300 0 1 0 10.500 10.500z"],
  up: ["M7 11v9", "M7 11l4-7.500c1.500 0 2.500 1 2.500 2.500V10h4.700a2 2 0 0 1 2 2.400l-1.200 6a2 2 0 0 1-2 1.600H7", "M7 11H4v9h3"],
  down: ["M17 13V4", "M17 13l-4 7.500c-1.500 0-2.500-1-2.500-2.500V14H5.800a2 2 0 0 1-2-2.400l1.200-6a2 2 0 0 1 2-1.600H17", "M17 13h3V4h-3"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  link: ["M9 5H5v14h14v-4", "M13 5h6v6", "M19 5l-9 9"],
  latest: ["M12 5v14", "M5.500 12.500 12 19l6.500-6.500"],
  page: ["M7 3.500h7l4 4V20.500H7z", "M14 3.500v4h4", "M10 12h5", "M10 15.500h5"],
  again: ["M4.500 12a7.500 7.500 0 1 1 2.200 5.300", "M4.500 19v-4.500H9"],
  check: ["M5 12.500l4.500 4.500L19 7.500"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4.500l3 1.800"],
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
