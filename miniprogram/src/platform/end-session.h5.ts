/** A browser's session is a cookie that only the gateway can take away, and did. */
export function endOwnSession(): void {}
