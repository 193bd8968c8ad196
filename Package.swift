// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target: warnings stop the build, imports are internal, existentials are spelt out.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A library target and its tests; the order of the list is the direction in which data flows.
func layer(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "Meshwright",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "meshwright", targets: ["meshwright"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(name: "CFileSystem"),
        .target(name: "CPrefetch"),
        layer("Quantities"),
        layer("Documents", ["CLibYAML", "Quantities", .product(name: "TOMLKit", package: "TOMLKit")]),
        layer("Hardware", ["Documents", "Quantities"]),
        layer("Workload", ["Documents", "Quantities"]),
        layer("Schedules"),
        layer("Reliability", ["Quantities"]),
        layer("Calculators"),
        layer("Parallelism", ["Documents", "Workload", "Hardware", "Schedules", "Quantities"]),
        layer("CostModels", ["Hardware", "Workload", "Parallelism", "Schedules", "Quantities"]),
        layer("Search", ["CPrefetch", "CostModels", "Hardware", "Workload", "Parallelism", "Schedules", "Quantities"]),
        layer("Sequences", ["CostModels", "Parallelism", "Workload", "Hardware", "Schedules", "Documents", "Quantities"]),
        layer("Studies", ["Documents", "Workload", "Quantities"]),
        layer("Calibration", ["CostModels", "Search", "Documents", "Hardware", "Workload", "Parallelism", "Schedules", "Quantities"]),
        layer("PlanStore", ["CFileSystem", .product(name: "GRDB", package: "GRDB.swift")]),
        layer("Interchange", ["Documents", "Hardware", "Workload", "Parallelism", "Schedules", "Search", "Quantities"]),
        layer(
            "Reports",
            [
                "Search", "Sequences", "Studies", "Calibration", "Calculators", "Reliability", "CostModels", "Schedules", "Hardware",
                "Workload",
                "Parallelism", "Documents",
                "Quantities",
            ],
            // Compiled into the program, so that the binary can be copied anywhere alone.
            resources: ["report.css", "report.js"].map { .embedInCode("Pages/Assets/\($0)") }
                + ["timeline.css", "data.js", "view.js", "rows.js", "draw.js", "overview.js", "interact.js", "svg.css", "svg.js"].map {
                    .embedInCode("Timeline/Page/\($0)")
                }),
        .executableTarget(
            name: "meshwright",
            dependencies: [
                "Calculators", "Calibration", "CostModels", "Documents", "Hardware", "Interchange", "Parallelism", "PlanStore",
                "Quantities", "Reliability", "Reports", "Schedules", "Search", "Sequences", "Studies", "Workload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "meshwright-bench",
            dependencies: [
                "CostModels", "Documents", "Hardware", "Interchange", "Parallelism", "PlanStore", "Quantities", "Reports", "Schedules",
                "Search", "Sequences", "Workload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // What the tests of several targets share.
        .target(
            name: "TestInputs", dependencies: ["CostModels", "Hardware", "Workload", "Parallelism", "Schedules", "Quantities"],
            path: "Tests/TestInputs", swiftSettings: strict),
        tests("Quantities"),
        tests("Documents", ["Quantities"]),
        tests("Hardware", ["TestInputs", "Documents", "Quantities"]),
        tests("Workload", ["Documents", "Quantities"]),
        tests("Parallelism", ["Documents", "Workload", "Hardware", "Schedules", "Quantities"]),
        tests("Schedules", ["TestInputs"]),
        tests("Reliability", ["Quantities"]),
        tests("Calculators"),
        tests("CostModels", ["TestInputs", "Hardware", "Workload", "Parallelism", "Schedules", "Quantities"]),
        tests("Search", ["TestInputs", "Documents", "CostModels", "Hardware", "Workload", "Parallelism", "Schedules", "Quantities"]),
        tests(
            "Sequences",
            ["TestInputs", "CostModels", "Parallelism", "Workload", "Hardware", "Schedules", "Documents", "Quantities"]),
        tests("Studies", ["Documents", "Workload", "Quantities"]),
        tests(
            "Calibration",
            ["TestInputs", "CostModels", "Search", "Documents", "Hardware", "Workload", "Parallelism", "Schedules", "Quantities"],
            exclude: ["AccuracyGate.txt", "PublishedRuns.yaml", "Predictions.txt"]),
        tests("PlanStore", [.product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "Interchange", ["Documents", "Hardware", "Workload", "Parallelism", "Schedules", "Search", "Quantities"], exclude: ["Golden"]),
        tests(
            "Reports", ["Search", "Studies", "CostModels", "Schedules", "Hardware", "Workload", "Parallelism", "Documents", "Quantities"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "meshwright", "Documents", "Hardware", "Parallelism", "PlanStore", "Studies", "Workload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
    ]
)
