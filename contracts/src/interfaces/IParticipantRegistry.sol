// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

// What an organisation is in the market; one organisation may be several of these (bitmask).
uint8 constant ROLE_BASE = 1;
uint8 constant ROLE_WHOLESALE = 2;
uint8 constant ROLE_MARKET = 4;
uint8 constant ROLE_GATEWAY = 8;
uint8 constant ROLE_REGULATOR = 16;

// Roles that run a site, and so enter terminals.
uint8 constant ROLES_WITH_SITES = ROLE_BASE | ROLE_WHOLESALE | ROLE_MARKET;
uint8 constant ROLES_ALL = ROLES_WITH_SITES | ROLE_GATEWAY | ROLE_REGULATOR;

/// @title The organisations of the consortium, their roles and their keys
/// @notice The consortium's administrator decides who is a member and as what. Keys belong to the organisation: after
/// registration only its own administrator changes them, and the consortium cannot. So a consortium administrator
/// can stop an organisation, never act in its name.
///
/// Whoever holds OpenZeppelin's `DEFAULT_ADMIN_ROLE` here is a consortium administrator. A quorum of members takes
/// that place later, by being granted the role; until then it is one key.
///
/// A lost administrator key is not replaced: the organisation is suspended and registered under a new number. To give
/// the consortium that power would let it enter terminals in a site's name.
interface IParticipantRegistry {
    enum OrganisationState {
        Unregistered,
        Active,
        Suspended
    }

    /// @param state An organisation is never removed: what it signed stays readable.
    /// @param roles Bitmask of the `ROLE_…` constants, never zero.
    /// @param registeredAt Block time, seconds since 1970.
    /// @param admin The address that changes this organisation's keys and enters its terminals.
    /// @param pendingAdmin Proposed next administrator, who has to accept; zero when there is none.
    /// @param sealingKey X25519 public key, to which audience keys are wrapped.
    /// @param name UTF-8, 1 to 96 bytes.
    struct Organisation {
        OrganisationState state;
        uint8 roles;
        uint64 registeredAt;
        address admin;
        address pendingAdmin;
        bytes32 sealingKey;
        string name;
    }

    event OrganisationRegistered(
        uint32 indexed number, address indexed admin, uint8 roles, bytes32 sealingKey, string name
    );
    event OrganisationSuspended(uint32 indexed number);
    event OrganisationResumed(uint32 indexed number);
    event RolesChanged(uint32 indexed number, uint8 previousRoles, uint8 roles);
    event SubmitterAdded(uint32 indexed number, address indexed submitter);
    event SubmitterRemoved(uint32 indexed number, address indexed submitter);
    event SealingKeyChanged(uint32 indexed number, bytes32 previousKey, bytes32 key);
    event AdminProposed(uint32 indexed number, address indexed admin, address indexed pendingAdmin);
    event AdminChanged(uint32 indexed number, address indexed previousAdmin, address indexed admin);

    error ParticipantRegistryInvalidNumber();
    error ParticipantRegistryInvalidName(uint256 length);
    error ParticipantRegistryInvalidRoles(uint8 roles);
    error ParticipantRegistryInvalidAddress();
    error ParticipantRegistryInvalidSealingKey();
    error ParticipantRegistryAlreadyRegistered(uint32 number);
    error ParticipantRegistryNotRegistered(uint32 number);
    /// The organisation is not in the state that the change starts from.
    error ParticipantRegistryWrongState(uint32 number, OrganisationState state);
    error ParticipantRegistryNotAdmin(uint32 number, address caller);
    error ParticipantRegistryNotPendingAdmin(uint32 number, address caller);
    error ParticipantRegistrySubmitterExists(uint32 number, address submitter);
    error ParticipantRegistrySubmitterUnknown(uint32 number, address submitter);

    /// @notice Adds an organisation, active at once. Only a consortium administrator.
    /// @param number Chosen by the consortium, not zero, never used again. Also the id of the organisation's log.
    /// @param submitters Addresses that may append to the organisation's log; may be empty.
    function register(
        uint32 number,
        string calldata name,
        uint8 roles,
        address admin,
        bytes32 sealingKey,
        address[] calldata submitters
    ) external;

    /// @notice Stops an organisation: it appends nothing, enters no terminals, changes no keys. Only a consortium
    /// administrator.
    function suspend(uint32 number) external;

    /// @notice Ends a suspension. Only a consortium administrator.
    function resume(uint32 number) external;

    /// @notice Replaces the roles of a registered organisation. Only a consortium administrator.
    function changeRoles(uint32 number, uint8 roles) external;

    /// @notice Lets `submitter` append to the organisation's log. Only the active organisation's administrator.
    function addSubmitter(uint32 number, address submitter) external;

    /// @notice Ends that. Only the active organisation's administrator.
    function removeSubmitter(uint32 number, address submitter) external;

    /// @notice Replaces the X25519 key for audience keys wrapped from now on; what was wrapped before stays wrapped to
    /// the previous key. Only the active organisation's administrator.
    function changeSealingKey(uint32 number, bytes32 key) external;

    /// @notice Names the next administrator, who has to accept, so that a mistyped address loses nothing. Zero
    /// withdraws a proposal. Only the active organisation's administrator.
    function proposeAdmin(uint32 number, address pendingAdmin) external;

    /// @notice Takes over as administrator. Only the proposed address, while the organisation is active.
    function acceptAdmin(uint32 number) external;

    /// @notice Everything that is stored about an organisation. Reverts when it is not registered.
    function organisation(uint32 number) external view returns (Organisation memory);

    /// @notice State and roles; `Unregistered` and 0 for an unknown number.
    function standingOf(uint32 number) external view returns (OrganisationState state, uint8 roles);

    /// @notice The same, and whether `account` is a submitter of that organisation.
    function submitterStanding(uint32 number, address account)
        external
        view
        returns (OrganisationState state, uint8 roles, bool isSubmitter);

    /// @notice The same, and whether `account` is the administrator of that organisation.
    function adminStanding(uint32 number, address account)
        external
        view
        returns (OrganisationState state, uint8 roles, bool isAdmin);

    /// @notice Whether `account` is a submitter of that organisation, whatever the organisation's state.
    function isSubmitter(uint32 number, address account) external view returns (bool);

    /// @notice Whether `account` is a consortium administrator.
    function isConsortiumAdmin(address account) external view returns (bool);

    /// @notice The index of the first number that is not a registered organisation, or the array's length.
    function firstUnregistered(uint32[] calldata numbers) external view returns (uint256 index);
}
