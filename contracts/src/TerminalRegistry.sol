// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IParticipantRegistry, ROLES_WITH_SITES} from "./interfaces/IParticipantRegistry.sol";
import {ALGORITHM_ED25519, ALGORITHM_P256, ITerminalRegistry} from "./interfaces/ITerminalRegistry.sol";

/// @title TerminalRegistry
/// @notice See {ITerminalRegistry}.
contract TerminalRegistry is ITerminalRegistry {
    /// @dev Two slots, so that a storage proof of a terminal is short: everything small, then 32 bytes of key.
    /// `keyPrefix` is the first byte of a compressed P-256 key, zero for Ed25519.
    struct Enrolment {
        TerminalState state;
        uint8 algorithm;
        uint8 keyPrefix;
        uint32 organisation;
        uint64 registeredAt;
        uint64 stateChangedAt;
        bytes32 key;
    }

    /// Field prime of P-256 (FIPS 186-5).
    uint256 private constant P256_PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;

    /// Ed25519 keys are little-endian: the sign of x is the top bit of the last byte.
    uint256 private constant ED25519_SIGN_BIT = 0x80;
    /// y coordinates of the points of small order as they are encoded, without the sign: 0 (order 4), 1 (neutral),
    /// p − 1 (order 2), and the two of order 8. Their encodings with y ≥ p are refused as not canonical.
    uint256 private constant SMALL_ORDER_1 = 1 << 248;
    uint256 private constant SMALL_ORDER_2 = 0xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f;
    uint256 private constant SMALL_ORDER_8A = 0x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05;
    uint256 private constant SMALL_ORDER_8B = 0xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a;

    /// @inheritdoc ITerminalRegistry
    IParticipantRegistry public immutable participants;

    mapping(uint40 terminal => Enrolment) private _enrolments;

    constructor(IParticipantRegistry participants_) {
        if (address(participants_).code.length == 0) {
            revert TerminalRegistryInvalidParticipants(address(participants_));
        }
        participants = participants_;
    }

    /// @inheritdoc ITerminalRegistry
    function enrol(uint40 terminal, uint32 organisation, uint8 algorithm, bytes calldata publicKey) external {
        uint8 roles = _requireActiveOrganisation(organisation);
        if (roles & ROLES_WITH_SITES == 0) revert TerminalRegistryOrganisationWithoutSites(organisation, roles);
        Enrolment storage entry = _enrolments[terminal];
        if (entry.state != TerminalState.Unknown) {
            revert TerminalRegistryAlreadyEnrolled(terminal, entry.organisation);
        }
        (entry.keyPrefix, entry.key) = _checkedKey(algorithm, publicKey);
        entry.state = TerminalState.Active;
        entry.algorithm = algorithm;
        entry.organisation = organisation;
        entry.registeredAt = uint64(block.timestamp);
        entry.stateChangedAt = uint64(block.timestamp);
        emit TerminalEnrolled(terminal, organisation, algorithm, publicKey);
    }

    /// @inheritdoc ITerminalRegistry
    function suspend(uint40 terminal) external {
        Enrolment storage entry = _enrolled(terminal);
        _requireOrganisation(entry.organisation);
        if (entry.state != TerminalState.Active) revert TerminalRegistryWrongState(terminal, entry.state);
        _changeState(entry, TerminalState.Suspended);
        emit TerminalSuspended(terminal);
    }

    /// @inheritdoc ITerminalRegistry
    function resume(uint40 terminal) external {
        Enrolment storage entry = _enrolled(terminal);
        _requireActiveOrganisation(entry.organisation);
        if (entry.state != TerminalState.Suspended) revert TerminalRegistryWrongState(terminal, entry.state);
        _changeState(entry, TerminalState.Active);
        emit TerminalResumed(terminal);
    }

    /// @inheritdoc ITerminalRegistry
    function revoke(uint40 terminal) external {
        Enrolment storage entry = _enrolled(terminal);
        _requireOrganisation(entry.organisation);
        if (entry.state == TerminalState.Revoked) revert TerminalRegistryWrongState(terminal, entry.state);
        _changeState(entry, TerminalState.Revoked);
        emit TerminalRevoked(terminal);
    }

    /// @inheritdoc ITerminalRegistry
    function terminalOf(uint40 terminal) external view returns (Terminal memory) {
        Enrolment storage entry = _enrolled(terminal);
        return Terminal({
            state: entry.state,
            algorithm: entry.algorithm,
            organisation: entry.organisation,
            registeredAt: entry.registeredAt,
            stateChangedAt: entry.stateChangedAt,
            publicKey: entry.algorithm == ALGORITHM_ED25519
                ? abi.encodePacked(entry.key)
                : abi.encodePacked(entry.keyPrefix, entry.key)
        });
    }

    /// @inheritdoc ITerminalRegistry
    function stateOf(uint40 terminal) external view returns (TerminalState) {
        return _enrolments[terminal].state;
    }

    function _changeState(Enrolment storage entry, TerminalState state) private {
        entry.state = state;
        entry.stateChangedAt = uint64(block.timestamp);
    }

    function _enrolled(uint40 terminal) private view returns (Enrolment storage entry) {
        entry = _enrolments[terminal];
        if (entry.state == TerminalState.Unknown) revert TerminalRegistryNotEnrolled(terminal);
    }

    function _requireOrganisation(uint32 organisation)
        private
        view
        returns (IParticipantRegistry.OrganisationState state, uint8 roles)
    {
        bool isAdmin;
        (state, roles, isAdmin) = participants.adminStanding(organisation, msg.sender);
        if (!isAdmin) revert TerminalRegistryNotOrganisation(organisation, msg.sender);
    }

    function _requireActiveOrganisation(uint32 organisation) private view returns (uint8) {
        (IParticipantRegistry.OrganisationState state, uint8 roles) = _requireOrganisation(organisation);
        if (state != IParticipantRegistry.OrganisationState.Active) {
            revert TerminalRegistryOrganisationNotActive(organisation);
        }
        return roles;
    }

    function _checkedKey(uint8 algorithm, bytes calldata publicKey) private pure returns (uint8 prefix, bytes32 key) {
        bool acceptable;
        if (algorithm == ALGORITHM_ED25519) {
            if (publicKey.length == 32) {
                key = bytes32(publicKey);
                acceptable = _isAcceptableEd25519(uint256(key));
            }
        } else if (algorithm == ALGORITHM_P256) {
            if (publicKey.length == 33) {
                prefix = uint8(publicKey[0]);
                key = bytes32(publicKey[1:]);
                acceptable = (prefix == 2 || prefix == 3) && uint256(key) < P256_PRIME;
            }
        } else {
            revert TerminalRegistryInvalidAlgorithm(algorithm);
        }
        if (!acceptable) revert TerminalRegistryInvalidKey(algorithm, publicKey);
    }

    function _isAcceptableEd25519(uint256 encoded) private pure returns (bool) {
        uint256 y = encoded & ~ED25519_SIGN_BIT;
        // y ≥ p = 2^255 − 19: everything after the first byte is at its highest, and the first byte is ≥ 0xed.
        bool isCanonical = y << 8 != SMALL_ORDER_2 << 8 || y >> 248 < 0xed;
        return isCanonical && y != 0 && y != SMALL_ORDER_1 && y != SMALL_ORDER_2 && y != SMALL_ORDER_8A
            && y != SMALL_ORDER_8B;
    }
}
