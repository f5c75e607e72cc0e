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
  show();
});

show();
