// Panels only: by `?kiosk` in the address, so that a wall can be given a link. The pointer hides while it rests.

const REST = 3000;

export function isKiosk(): boolean {
  return document.body.dataset.kiosk !== undefined;
}

export function toggleKiosk(): boolean {
  if (!document.getElementById("dashboard") || document.body.dataset.page !== "dashboard") return false;
  const address = new URL(location.href);
  if (isKiosk()) address.searchParams.delete("kiosk");
  else address.searchParams.set("kiosk", "");
  location.assign(address);
  return true;
}

export function runKiosk(): void {
  if (!isKiosk()) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wake = (): void => {
    document.body.classList.remove("is-resting");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("is-resting"), REST);
  };
  addEventListener("pointermove", wake);
  wake();
}
