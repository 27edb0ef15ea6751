// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "postgres-sink",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PostgresSink", targets: ["PostgresSink"]),
        .executable(name: "sluice-postgres", targets: ["sluice-postgres"]),
    ],
    dependencies: [
        .package(name: "sluice", path: "../..", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "PostgresSink",
            dependencies: [
                "CLibpq", .product(name: "Sluice", package: "sluice"), .product(name: "StreamRecords", package: "sluice"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "sluice-postgres",
            dependencies: [
                "PostgresSink", .product(name: "Sluice", package: "sluice"), .product(name: "StreamRecords", package: "sluice"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresSinkTests",
            dependencies: [
                "PostgresSink", .product(name: "Sluice", package: "sluice"), .product(name: "SluiceTesting", package: "sluice"),
                .product(name: "StreamRecords", package: "sluice"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
