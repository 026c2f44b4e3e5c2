export function namePage(title: string): void {
  document.title = title
}
