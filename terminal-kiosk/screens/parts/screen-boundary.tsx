import { Component, type PropsWithChildren, type ReactNode } from "react"

type ScreenBoundaryProps = PropsWithChildren<{ readonly broken: ReactNode }>

/** A screen that throws is not a white one: what is on the disk is there, and the seller is told how to go on. */
export class ScreenBoundary extends Component<ScreenBoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render(): ReactNode {
    return this.state.isBroken ? this.props.broken : this.props.children
  }
}
