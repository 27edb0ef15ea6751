// SPDX-License-Identifier: Apache-2.0

#if AWS

/// The profiles of both shared files.
///
/// Rules: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
struct SharedProfiles: Sendable, Hashable {
    /// From `credentials`, where keys are looked for first.
    let inCredentials: [String: SharedFile.Section]
    /// From `config`.
    let inConfig: [String: SharedFile.Section]
    private let services: [String: SharedFile.Section]

    init(config: SharedFile = SharedFile(), credentials: SharedFile = SharedFile()) {
        var profiles: [String: SharedFile.Section] = [:]
        var services: [String: SharedFile.Section] = [:]
        for (name, section) in config.sections {
            let parts = name.split(separator: " ", maxSplits: 1).map { SharedProfiles.unquoted($0) }
            switch (parts.first, parts.count) {
            // [profile default] comes before [default].
            case ("default", 1) where config.sections["profile default"] == nil: profiles["default"] = section
            case ("profile", 2): profiles[parts[1]] = section
            case ("services", 2): services[parts[1]] = section
            default: break
            }
        }
        inConfig = profiles
        inCredentials = credentials.sections
        self.services = services
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, let quote = text.first, quote == text.last, quote == "\"" || quote == "'" else { return String(text) }
        return String(text.dropFirst().dropLast())
    }

    /// What both files say of a profile; `credentials` counts where both say something. Absent where neither has it.
    func profile(_ name: String) -> SharedFile.Section? {
        guard inConfig[name] != nil || inCredentials[name] != nil else { return nil }
        var section = inConfig[name] ?? SharedFile.Section()
        if let other = inCredentials[name] { section.merge(other) }
        return section
    }

    /// What a profile's `services` section says of one service's endpoint. A section that is named and not there is an error.
    func endpoint(of service: AWSService, in profile: SharedFile.Section) throws(AWSError) -> String? {
        guard let name = profile.values.setting("services") else { return nil }
        guard let section = services[name] else {
            throw AWSError(.configuration, "the profile names a section [services \(name)], which the shared config file does not have")
        }
        return section.nested[service.settingName]?.setting("endpoint_url")
    }
}

#endif
