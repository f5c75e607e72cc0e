// The demo shop's cart, told to the widget as a shop would.

const CART = "demo.cart";

const cart = () => JSON.parse(localStorage.getItem(CART) ?? "[]");

function show() {
  document.querySelector(".cart b").textContent = String(cart().length);
  const script = document.querySelector("script[data-shop]");
  script.dataset.cart = cart().join(",");
  window.Shopclerk?.page({ product: script.dataset.product, cart: cart() });
}

document.querySelector(".add")?.addEventListener("click", ({ target }) => {
  localStorage.setItem(CART, JSON.stringify([...cart(), target.dataset.id]));
  const said = document.querySelector(".added");
  said.textContent = said.dataset.said;
  // Who is signed in, told by a token that the shop's server signs; here the demo shop's own does.
const CUSTOMER = "demo.customer";
const who = document.querySelector(".who select");

async function signIn() {
  const customer = localStorage.getItem(CUSTOMER);
  const token = customer && (await (await fetch(`/demo/customers/${encodeURIComponent(customer)}`)).text());
  if (window.Shopclerk) window.Shopclerk.identify(token);
  else document.addEventListener("shopclerk:ready", () => window.Shopclerk.identify(token), { once: true });
}

if (who) {
  who.value = localStorage.getItem(CUSTOMER) ?? "";
  who.addEventListener("change", () => {
    localStorage.setItem(CUSTOMER, who.value);
    signIn();
  });
  signIn();
}

show();
});

show();
