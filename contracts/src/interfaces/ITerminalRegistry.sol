// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IParticipantRegistry} from "./IParticipantRegistry.sol";

// Signature algorithms, numbered as in the low nibble of a pay code's first byte.
uint8 constant ALGORITHM_ED25519 = 1;
uint8 constant ALGORITHM_P256 = 2;

/// @title The keys with which stalls sign their sales
/// @notice A terminal is entered only by a transaction of the organisation that runs its site, so a gateway cannot
/// invent terminals and no one else can sign a stall's sales. One terminal id is one enrolment: it has one key for
/// ever, is never moved and never used again; a lost tablet gets a new id.
///
/// Whether a sale counted is judged by the state at the time the sale was first seen or paid, never by the state at
/// the height of its anchor: the events give that history.
interface ITerminalRegistry {
    enum TerminalState {
        Unknown,
        Active,
        Suspended,
        Revoked
    }

    /// @param organisation Number of the organisation that runs the site.
    /// @param algorithm `ALGORITHM_ED25519` or `ALGORITHM_P256`.
    /// @param registeredAt Block time of the enrolment, seconds since 1970.
    /// @param stateChangedAt Block time of the latest change of state, seconds since 1970.
    /// @param publicKey Ed25519: 32 bytes. P-256: 33 bytes, compressed.
    struct Terminal {
        TerminalState state;
        uint8 algorithm;
        uint32 organisation;
        uint64 registeredAt;
        uint64 stateChangedAt;
        bytes publicKey;
    }

    event TerminalEnrolled(uint40 indexed terminal, uint32 indexed organisation, uint8 algorithm, bytes publicKey);
    event TerminalSuspended(uint40 indexed terminal);
    event TerminalResumed(uint40 indexed terminal);
    event TerminalRevoked(uint40 indexed terminal);

    error TerminalRegistryInvalidParticipants(address participants);
    error TerminalRegistryNotOrganisation(uint32 organisation, address caller);
    /// The organisation is suspended.
    error TerminalRegistryOrganisationNotActive(uint32 organisation);
    /// The organisation is neither a base nor a market.
    error TerminalRegistryOrganisationWithoutSites(uint32 organisation, uint8 roles);
    error TerminalRegistryAlreadyEnrolled(uint40 terminal, uint32 organisation);
    error TerminalRegistryNotEnrolled(uint40 terminal);
    error TerminalRegistryWrongState(uint40 terminal, TerminalState state);
    error TerminalRegistryInvalidAlgorithm(uint8 algorithm);
    /// Wrong length, not canonical, or a key of small order under which anyone could sign.
    error TerminalRegistryInvalidKey(uint8 algorithm, bytes publicKey);

    /// @notice Enters a terminal, active at once. Only the administrator of the active organisation, which must be a
    /// base, a wholesale market or a wet market.
    /// @dev Length, canonical encoding and small order are checked; that the point lies on its curve is not (a key
    /// that does not, verifies nothing).
    /// @param terminal Region (8 bits) and serial (32 bits).
    function enrol(uint40 terminal, uint32 organisation, uint8 algorithm, bytes calldata publicKey) external;

    /// @notice Stops an active terminal. Only its organisation's administrator, even while the organisation is
    /// suspended: less trust needs no permission.
    function suspend(uint40 terminal) external;

    /// @notice Lets a suspended terminal sell again. Only the active organisation's administrator.
    function resume(uint40 terminal) external;

    /// @notice Ends an enrolment for good (lost, stolen, replaced). Only its organisation's administrator, even while
    /// the organisation is suspended.
    function revoke(uint40 terminal) external;

    /// @notice What is stored about a terminal. Reverts when it was never enrolled.
    function terminalOf(uint40 terminal) external view returns (Terminal memory);

    /// @notice `Unknown` for an id that was never enrolled. Says nothing about the organisation's own state.
    function stateOf(uint40 terminal) external view returns (TerminalState);

    /// @notice The registry that says who speaks for an organisation.
    function participants() external view returns (IParticipantRegistry);
}
