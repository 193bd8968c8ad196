import Documents
import Foundation

/// The folder of shipped models, clusters, GPUs and stacks, and the names in it.
public struct ProfileLibrary: Hashable, Sendable {
    /// The environment variable that names the folder.
    public static let variable = "MESHWRIGHT_DATA"

    /// The kinds of files in the folder.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Transformer models.
        case model = "Models"
        /// Clusters.
        case cluster = "ClusterProfiles"
        /// GPU types.
        case gpu = "ClusterProfiles/GPUs"
        /// Software stacks.
        case stack = "ClusterProfiles/Stacks"

        /// What a file of this kind describes, for messages.
        var noun: String {
            switch self {
            case .model: "model"
            case .cluster: "cluster"
            case .gpu: "GPU type"
            case .stack: "software stack"
            }
        }
    }

    /// The folder; nil where none was found, so that only paths can be read.
    public let root: String?
    private let searched: [String]

    /// A library in a known folder.
    public init(root: String) {
        self.root = root
        searched = [root]
    }

    /// Finds the folder: `MESHWRIGHT_DATA`, then `../share/meshwright` beside the executable, then any folder above it with both
    /// `Models` and `ClusterProfiles`, which is how a build inside a checkout finds its own.
    public init(executable: String, environment: [String: String]) {
        var candidates: [String] = []
        if let named = environment[Self.variable], !named.isEmpty {
            candidates = [named]
        } else {
            var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
            candidates.append(folder.deletingLastPathComponent().appendingPathComponent("share/meshwright").path)
            while folder.path != "/", folder.path.count > 1 {
                candidates.append(folder.path)
                folder.deleteLastPathComponent()
            }
        }
        root = candidates.first { candidate in
            [Kind.model, .cluster].allSatisfy { Self.isFolder("\(candidate)/\($0.rawValue)") }
        }
        searched = candidates
    }

    /// The shipped names of a kind, in alphabetical order.
    public func names(of kind: Kind) -> [String] {
        guard let root, let files = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(kind.rawValue)") else { return [] }
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The file that a path or a shipped name means.
    ///
    /// What contains a slash or ends in `.yaml` or `.yml` is a path and is not checked here; anything else is a name.
    public func path(of kind: Kind, named name: String) throws(HardwareError) -> String {
        if Self.isPath(name) { return name }
        guard let root else { throw .noShippedData(searched: searched) }
        let names = names(of: kind)
        guard names.contains(name) else {
            throw .unknownName(name, kind: kind, nearest: NearestName.ranked(for: name, among: names, limit: 5))
        }
        return "\(root)/\(kind.rawValue)/\(name).yaml"
    }

    /// The GPU type that a path or a shipped name means.
    public func gpu(_ name: String) throws -> GPU {
        try GPU.read(path: path(of: .gpu, named: name), library: self)
    }

    /// The cluster that a path or a shipped name means.
    public func cluster(_ name: String) throws -> ClusterProfile {
        let (path, text) = try text(of: .cluster, named: name)
        return try ClusterProfile.parse(text: text, file: path, library: self)
    }

    /// Reads the GPU type that a file refers to; a relative path starts from that file's folder.
    func gpu(_ name: String, from place: SourceLocation, depth: Int = 0) throws(DocumentError) -> GPU {
        guard depth < 4 else {
            throw DocumentError(place, .invalid("GPU types refer to each other in a circle or in a long chain", remedy: "state the values"))
        }
        var path: String
        do throws(HardwareError) {
            path = try self.path(of: .gpu, named: name)
        } catch {
            throw DocumentError(place, .invalid(error.description, remedy: "or give the path of a GPU file such as ./gpu.yaml"))
        }
        if Self.isPath(name), !name.hasPrefix("/") {
            path = URL(fileURLWithPath: place.file).deletingLastPathComponent().appendingPathComponent(name).path
        }
        return try GPU.read(path: path, library: self, depth: depth + 1)
    }

    /// A name as it is, and a path from the root.
    static func absolute(_ name: String) -> String { isPath(name) ? URL(fileURLWithPath: name).standardizedFileURL.path : name }

    private static func isPath(_ name: String) -> Bool {
        name == "-" || name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
