import Testing

@testable import PlanStore

/// The default place of the cache.
struct CacheLocationTests {
    @Test func followsTheBaseDirectorySpecification() {
        #expect(CacheLocation.standard(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/meshwright/plans.sqlite")
        #expect(CacheLocation.standard(environment: ["XDG_CACHE_HOME": "", "HOME": "/h"]) == "/h/.cache/meshwright/plans.sqlite")
        #expect(CacheLocation.standard(environment: ["XDG_CACHE_HOME": "rel", "HOME": "/h"]) == "/h/.cache/meshwright/plans.sqlite")
        #expect(CacheLocation.standard(environment: ["HOME": "/h"]) == "/h/.cache/meshwright/plans.sqlite")
    }

    @Test func isAbsoluteEvenWithoutAHome() {
        #expect(CacheLocation.standard(environment: [:]).hasPrefix("/"))
    }
}
