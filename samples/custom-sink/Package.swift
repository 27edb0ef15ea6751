// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A sink of one's own, in a package of its own. Outside of Sluice's sources the dependency is
//     .package(url: "https://github.com/…/sluice", from: "…", traits: [])
let package = Package(
    name: "custom-sink",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PriceWatch", targets: ["PriceWatch"]),
        .executable(name: "price-watch", targets: ["price-watch"]),
    ],
    dependencies: [
        // No traits: neither the client for AWS nor SQLite is fetched.
        .package(name: "sluice", path: "../..", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(
            name: "PriceWatch",
            dependencies: [
                .product(name: "Sluice", package: "sluice"), .product(name: "StreamRecords", package: "sluice"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(name: "price-watch", dependencies: ["PriceWatch", .product(name: "Logging", package: "swift-log")]),
        .testTarget(
            name: "PriceWatchTests",
            dependencies: [
                "PriceWatch", .product(name: "Sluice", package: "sluice"), .product(name: "SluiceTesting", package: "sluice"),
                .product(name: "StreamRecords", package: "sluice"), .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
