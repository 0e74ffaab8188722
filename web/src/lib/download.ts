/** Has the browser save a text as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Later: the browser has not started the download yet.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
