import Calibration
import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import PlanStore
import Reports
import Search
import Workload

/// The files that a question depends on, read.
struct PlanFiles: Sendable {
    /// What a file describes, and which file it is.
    struct File<Value: Sendable>: Sendable {
        var value: Value
        var source: PlanReport.Source
    }

    /// The model, the cluster at its own size, and the stack.
    var model: File<TransformerModel>
    var cluster: File<ClusterProfile>
    var stack: File<SoftwareStack>
    /// What measured runs left open of the constants, and a digest of its file.
    var uncertainty: FittedUncertainty
    var uncertaintyDigest: String

    /// Which experts tokens visit; nil where nothing was said of it.
    var routing: ExpertRouting?

    /// The files that options name; says what is assumed of a cluster that nobody described.
    init(_ options: PlanOptions, _ library: ProfileLibrary) throws {
        model = try Self.model(options.job.model, library)
        cluster = try Self.cluster(options.cluster, library)
        AssumedCluster.say(options.cluster, cluster.value)
        stack = try Self.stack(Self.stackName(options), library)
        (uncertainty, uncertaintyDigest) = try Self.uncertainty(library)
        routing = try options.job.routed.routing(of: model.value)
    }

    /// Files that were read one by one.
    init(
        model: File<TransformerModel>, cluster: File<ClusterProfile>, stack: File<SoftwareStack>,
        uncertainty: (value: FittedUncertainty, digest: String)
    ) {
        (self.model, self.cluster, self.stack) = (model, cluster, stack)
        (self.uncertainty, uncertaintyDigest) = uncertainty
    }

    /// The stack whose times are shown: the one asked for, or what is usual.
    static func stackName(_ options: PlanOptions) -> String {
        let usual = StackOption.usual(for: options.method.method ?? .pretrain)
        return options.software.ignoresStack ? usual : options.software.stack ?? usual
    }

    /// A model by its shipped name or path.
    static func model(_ name: String, _ library: ProfileLibrary) throws -> File<TransformerModel> {
        let file = try InputFile(.model, name, library)
        let model = try ModelDocument.parse(text: file.text, file: file.path)
        return File(value: model, source: file.source(named: model.name))
    }

    /// A cluster by its shipped name or path.
    static func cluster(_ name: String, _ library: ProfileLibrary) throws -> File<ClusterProfile> {
        let file = try InputFile(.cluster, name, library)
        let profile = try ClusterProfile.parse(text: file.text, file: file.path, library: library)
        return File(value: profile, source: file.source(named: profile.name))
    }

    /// A stack by its shipped name or path.
    static func stack(_ name: String, _ library: ProfileLibrary) throws -> File<SoftwareStack> {
        let file = try InputFile(.stack, name, library)
        let stack = try SoftwareStack.parse(text: file.text, file: file.path)
        return File(value: stack, source: file.source(named: stack.name))
    }

    /// What measured runs left open.
    static func uncertainty(_ library: ProfileLibrary) throws -> (value: FittedUncertainty, digest: String) {
        let path = try library.uncertaintyPath()
        return (try FittedUncertainty.read(path: path), SHA256.hexadecimal(of: try TextFile.read(path: path).utf8))
    }
}

/// A file that a question depends on, read once, so that a pipe will do.
private struct InputFile {
    let path: String
    let text: String
    /// Where others find the file again; nil for a shipped name, and for a pipe, which nobody finds again.
    let place: String?

    init(_ kind: ProfileLibrary.Kind, _ name: String, _ library: ProfileLibrary) throws {
        (path, text) = try library.text(of: kind, named: name)
        let type = try? FileManager.default.attributesOfItem(atPath: URL(filePath: path).resolvingSymlinksInPath().path)[.type]
        place = path == name && type as? FileAttributeType == .typeRegular ? URL(filePath: path).standardizedFileURL.path : nil
    }

    func source(named name: String) -> PlanReport.Source {
        PlanReport.Source(name: name, sha256: SHA256.hexadecimal(of: text.utf8), file: place)
    }
}
