public import Foundation

/// The cache as a run uses it: it makes a plan faster or does nothing, and never fails one.
///
/// Whatever goes wrong becomes one ``warning``: an altered answer is forgotten, a damaged file is moved aside and a new one begun, anything else turns
/// the cache off for the rest of the run. A file that a user named and SQLite never wrote is left alone.
public struct PlanCache: Sendable {
    /// The first thing that went wrong, in one line for the user; `nil` while all is well.
    public private(set) var warning: String?
    /// Why the file can never be used: another program's, or a newer release's; `nil` where it can, now or later.
    public private(set) var refusal: PlanStoreError?

    private var database: PlanDatabase?

    /// Opens the cache at a path; see ``isOn`` and ``warning`` for how that went.
    ///
    /// `isNamed` says that a user named the file, which may be any, rather than that it lies where caches do; `noun` is what messages call it.
    public init(path: String, limits: CacheLimits = .standard, isNamed: Bool = false, noun: String = "cache") {
        self.init(path: path, isNamed: isNamed, noun: noun) { path throws(PlanStoreError) in try PlanDatabase(path: path, limits: limits) }
    }

    /// Opens the cache by a way of opening the database; a damaged file is moved aside and opened anew.
    init(
        path: String, isNamed: Bool = false, noun: String = "cache",
        opening open: @escaping @Sendable (String) throws(PlanStoreError) -> PlanDatabase
    ) {
        self.path = path
        self.isNamed = isNamed
        self.noun = noun
        self.open = open
        do {
            database = try open(path)
        } catch {
            recover(from: error)
        }
    }

    private let path: String
    private let isNamed: Bool
    private let noun: String
    private let open: @Sendable (String) throws(PlanStoreError) -> PlanDatabase

    /// Whether plans are being remembered.
    public var isOn: Bool { database != nil }

    /// The answer remembered under a key.
    public mutating func lookup(_ key: String) -> Data? {
        guard let database else { return nil }
        do {
            return try database.lookup(key)
        } catch {
            recover(from: error)
            return nil
        }
    }

    /// Remembers a plan; where the file turns out damaged, in a new one.
    public mutating func save(_ plan: CachedPlan) {
        guard let database else { return }
        do {
            try database.save(plan)
        } catch {
            recover(from: error)
            // A second failure has nothing to add to the warning.
            try? self.database?.save(plan)
        }
    }

    private mutating func recover(from error: PlanStoreError) {
        if case .altered = error { return warn("\(error)") }
        let opened = database
        database = nil
        guard case .damaged = error else {
            switch error {
            case .foreign, .newer, .otherFile: refusal = error
            default: break
            }
            return warn("the \(noun) is not used: \(error)")
        }
        try? opened?.close()
        do {
            let file = try DatabaseFile(path: path)
            if isNamed, file.isOtherFile { return recover(from: .otherFile(path: file.path)) }
            // Another process may have put a new file in the damaged one's place already.
            if opened == nil || opened?.identity == file.identity {
                let aside = try file.moveAside()
                warn("\(file.path): the \(noun) was damaged and is begun anew; the old file is now \(aside)")
            }
            database = try open(path)
        } catch {
            warn("the \(noun) is not used: \(error)")
        }
    }

    private mutating func warn(_ message: String) {
        if warning == nil { warning = message }
    }
}
