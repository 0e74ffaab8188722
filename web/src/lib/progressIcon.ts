import { useEffect } from "react";

const STEPS = 20;
const CIRCUMFERENCE = 2 * Math.PI * 12;

/** Shows progress, 0 to 1, in the icon of the tab; null shows the usual icon. */
export function useProgressIcon(fraction: number | null): void {
  // Each new icon is drawn by the browser, so there are few.
  const step = fraction === null ? null : Math.round(fraction * STEPS);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link || step === null) return;
    const usual = link.href;
    link.href = `data:image/svg+xml,${encodeURIComponent(ring(step / STEPS))}`;
    return () => {
      link.href = usual;
    };
  }, [step]);
}

function ring(fraction: number): string {
  const circle = 'cx="16" cy="16" r="12" fill="none" stroke-width="7"';
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<circle ${circle} stroke="#8c98a4" />` +
    `<circle ${circle} stroke="#15aabf" stroke-dasharray="${fraction * CIRCUMFERENCE} ${CIRCUMFERENCE}" ` +
    'transform="rotate(-90 16 16)" /></svg>'
  );
}
