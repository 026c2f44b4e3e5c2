// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IParticipantRegistry, ROLES_ALL} from "./interfaces/IParticipantRegistry.sol";

/// @title ParticipantRegistry
/// @notice See {IParticipantRegistry}.
contract ParticipantRegistry is IParticipantRegistry, AccessControl {
    uint256 private constant NAME_BYTES_MAX = 96;

    mapping(uint32 number => Organisation) private _organisations;
    mapping(uint32 number => mapping(address account => bool)) private _submitters;

    /// @dev Keys change only by the organisation itself, and only while the consortium has not stopped it.
    modifier onlyActiveAdmin(uint32 number) {
        Organisation storage entry = _registered(number);
        if (entry.admin != msg.sender) revert ParticipantRegistryNotAdmin(number, msg.sender);
        _requireState(number, entry, OrganisationState.Active);
        _;
    }

    /// @param consortiumAdmin The first holder of `DEFAULT_ADMIN_ROLE`.
    constructor(address consortiumAdmin) {
        if (consortiumAdmin == address(0)) revert ParticipantRegistryInvalidAddress();
        _grantRole(DEFAULT_ADMIN_ROLE, consortiumAdmin);
    }

    /// @inheritdoc IParticipantRegistry
    function register(
        uint32 number,
        string calldata name,
        uint8 roles,
        address admin,
        bytes32 sealingKey,
        address[] calldata submitters
    ) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (number == 0) revert ParticipantRegistryInvalidNumber();
        uint256 nameBytes = bytes(name).length;
        if (nameBytes == 0 || nameBytes > NAME_BYTES_MAX) revert ParticipantRegistryInvalidName(nameBytes);
        _requireRoles(roles);
        if (admin == address(0)) revert ParticipantRegistryInvalidAddress();
        if (sealingKey == 0) revert ParticipantRegistryInvalidSealingKey();

        Organisation storage entry = _organisations[number];
        if (entry.state != OrganisationState.Unregistered) revert ParticipantRegistryAlreadyRegistered(number);
        entry.state = OrganisationState.Active;
        entry.roles = roles;
        entry.registeredAt = uint64(block.timestamp);
        entry.admin = admin;
        entry.sealingKey = sealingKey;
        entry.name = name;
        emit OrganisationRegistered(number, admin, roles, sealingKey, name);
        for (uint256 i = 0; i < submitters.length; ++i) {
            _addSubmitter(number, submitters[i]);
        }
    }

    /// @inheritdoc IParticipantRegistry
    function suspend(uint32 number) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Organisation storage entry = _registered(number);
        _requireState(number, entry, OrganisationState.Active);
        entry.state = OrganisationState.Suspended;
        emit OrganisationSuspended(number);
    }

    /// @inheritdoc IParticipantRegistry
    function resume(uint32 number) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Organisation storage entry = _registered(number);
        _requireState(number, entry, OrganisationState.Suspended);
        entry.state = OrganisationState.Active;
        emit OrganisationResumed(number);
    }

    /// @inheritdoc IParticipantRegistry
    function changeRoles(uint32 number, uint8 roles) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _requireRoles(roles);
        Organisation storage entry = _registered(number);
        emit RolesChanged(number, entry.roles, roles);
        entry.roles = roles;
    }

    /// @inheritdoc IParticipantRegistry
    function addSubmitter(uint32 number, address submitter) external onlyActiveAdmin(number) {
        _addSubmitter(number, submitter);
    }

    /// @inheritdoc IParticipantRegistry
    function removeSubmitter(uint32 number, address submitter) external onlyActiveAdmin(number) {
        if (!_submitters[number][submitter]) revert ParticipantRegistrySubmitterUnknown(number, submitter);
        _submitters[number][submitter] = false;
        emit SubmitterRemoved(number, submitter);
    }

    /// @inheritdoc IParticipantRegistry
    function changeSealingKey(uint32 number, bytes32 key) external onlyActiveAdmin(number) {
        if (key == 0) revert ParticipantRegistryInvalidSealingKey();
        Organisation storage entry = _organisations[number];
        emit SealingKeyChanged(number, entry.sealingKey, key);
        entry.sealingKey = key;
    }

    /// @inheritdoc IParticipantRegistry
    function proposeAdmin(uint32 number, address pendingAdmin) external onlyActiveAdmin(number) {
        _organisations[number].pendingAdmin = pendingAdmin;
        emit AdminProposed(number, msg.sender, pendingAdmin);
    }

    /// @inheritdoc IParticipantRegistry
    function acceptAdmin(uint32 number) external {
        Organisation storage entry = _registered(number);
        if (entry.pendingAdmin != msg.sender) revert ParticipantRegistryNotPendingAdmin(number, msg.sender);
        _requireState(number, entry, OrganisationState.Active);
        emit AdminChanged(number, entry.admin, msg.sender);
        entry.admin = msg.sender;
        entry.pendingAdmin = address(0);
    }

    /// @inheritdoc IParticipantRegistry
    function organisation(uint32 number) external view returns (Organisation memory) {
        return _registered(number);
    }

    /// @inheritdoc IParticipantRegistry
    function standingOf(uint32 number) external view returns (OrganisationState state, uint8 roles) {
        return _standing(number);
    }

    /// @inheritdoc IParticipantRegistry
    function submitterStanding(uint32 number, address account)
        external
        view
        returns (OrganisationState state, uint8 roles, bool isSubmitter_)
    {
        (state, roles) = _standing(number);
        isSubmitter_ = _submitters[number][account];
    }

    /// @inheritdoc IParticipantRegistry
    function adminStanding(uint32 number, address account)
        external
        view
        returns (OrganisationState state, uint8 roles, bool isAdmin)
    {
        (state, roles) = _standing(number);
        isAdmin = account != address(0) && _organisations[number].admin == account;
    }

    /// @inheritdoc IParticipantRegistry
    function isSubmitter(uint32 number, address account) external view returns (bool) {
        return _submitters[number][account];
    }

    /// @inheritdoc IParticipantRegistry
    function isConsortiumAdmin(address account) external view returns (bool) {
        return hasRole(DEFAULT_ADMIN_ROLE, account);
    }

    /// @inheritdoc IParticipantRegistry
    function firstUnregistered(uint32[] calldata numbers) external view returns (uint256 index) {
        while (index < numbers.length && _organisations[numbers[index]].state != OrganisationState.Unregistered) {
            ++index;
        }
    }

    function _addSubmitter(uint32 number, address submitter) private {
        if (submitter == address(0)) revert ParticipantRegistryInvalidAddress();
        if (_submitters[number][submitter]) revert ParticipantRegistrySubmitterExists(number, submitter);
        _submitters[number][submitter] = true;
        emit SubmitterAdded(number, submitter);
    }

    function _registered(uint32 number) private view returns (Organisation storage entry) {
        entry = _organisations[number];
        if (entry.state == OrganisationState.Unregistered) revert ParticipantRegistryNotRegistered(number);
    }

    function _standing(uint32 number) private view returns (OrganisationState state, uint8 roles) {
        Organisation storage entry = _organisations[number];
        return (entry.state, entry.roles);
    }

    function _requireState(uint32 number, Organisation storage entry, OrganisationState state) private view {
        if (entry.state != state) revert ParticipantRegistryWrongState(number, entry.state);
    }

    function _requireRoles(uint8 roles) private pure {
        if (roles == 0 || roles & ~ROLES_ALL != 0) revert ParticipantRegistryInvalidRoles(roles);
    }
}
