import Foundation
import Hardware
import Testing

/// Shipped data is found from an installed binary, a build in a checkout, or where the environment says.
@Suite struct ProfileLibraryTests {
    private func withFolder(_ folders: [String], _ body: (String) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("library-\(UUID().uuidString)").resolvingSymlinksInPath()
        for folder in folders {
            try FileManager.default.createDirectory(at: root.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: root) }
        try body(root.path)
    }

    @Test func theInstalledDataIsBesideTheBinary() throws {
        try withFolder(["bin", "share/meshwright/Models", "share/meshwright/ClusterProfiles"]) { root in
            #expect(ProfileLibrary(executable: "\(root)/bin/meshwright", environment: [:]).root == "\(root)/share/meshwright")
        }
    }

    @Test func aBuildFindsItsCheckout() throws {
        try withFolder([".build/debug", "Models", "ClusterProfiles"]) { root in
            #expect(ProfileLibrary(executable: "\(root)/.build/debug/meshwright", environment: [:]).root == root)
        }
    }

    @Test func theEnvironmentDecidesWhereItSpeaks() throws {
        try withFolder(["bin", "share/meshwright/Models", "share/meshwright/ClusterProfiles", "own/Models", "own/ClusterProfiles"]) {
            root in
            let named = ProfileLibrary(executable: "\(root)/bin/meshwright", environment: ["MESHWRIGHT_DATA": "\(root)/own"])
            #expect(named.root == "\(root)/own")
            let wrong = ProfileLibrary(executable: "\(root)/bin/meshwright", environment: ["MESHWRIGHT_DATA": "\(root)/none"])
            #expect(wrong.root == nil)
            #expect(throws: HardwareError.noShippedData(searched: ["\(root)/none"])) { try wrong.path(of: .model, named: "gpt-2") }
            let own = try wrong.path(of: .model, named: "./own.yaml")
            #expect(own == "./own.yaml")
            #expect(wrong.names(of: .gpu).isEmpty)
        }
    }

    @Test func unknownNamesListTheNearest() throws {
        let error = #expect(throws: HardwareError.self) { try Shipped.library.path(of: .cluster, named: "dgx-h10") }
        #expect(
            error?.description.hasPrefix("there is no cluster 'dgx-h10'; the nearest are dgx-h100, ") == true,
            "\(String(describing: error))")
        let gpu = #expect(throws: HardwareError.self) { try Shipped.library.path(of: .gpu, named: "h100") }
        #expect(gpu?.description.contains("h100-80gb-sxm") == true)
        #expect(try Shipped.library.path(of: .stack, named: "torchtitan").hasSuffix("ClusterProfiles/Stacks/torchtitan.yaml"))
    }
}
