/** An organisation as the chain's registry has it. */
export type RegistryOrganisation = {
  /** The consortium may stop an organisation and let it go on; it stays registered. */
  readonly state: "active" | "suspended"
  /** X25519 public key in hex, set by the organisation itself; 32 bytes, which need not be a point. */
  readonly sealingKey: string
}

/** Port to the chain's ParticipantRegistry for reading: no key is needed. Rejects when no node answers. */
export interface ParticipantRegistry {
  /** As of the newest block that counts as final; undefined: it has no such organisation. */
  find(organisation: number): Promise<RegistryOrganisation | undefined>
}
