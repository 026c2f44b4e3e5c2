export function pictureAddress(path: string): string {
  return path
}
